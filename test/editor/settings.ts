/** User settings for an editor that profiles the guests of a rig. */
import type { Rig } from '../rig/rig.ts';

/** The rig's dom0 as the host `rig`, reached with the rig's own ssh configuration. */
export function rigSettings(rig: Rig, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    'ringside.hosts': [{ name: 'rig', destination: 'rig' }],
    'ringside.sshArguments': ['-F', rig.sshConfig],
    'files.associations': { 'pantry*.cfg': 'xl-configuration' },
    // An emulated processor takes a hundred times as long over a pause: no budget, or there are few samples.
    'ringside.maxPauseShare': 1,
    ...more,
  };
}
