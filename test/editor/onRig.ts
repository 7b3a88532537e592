/** An editor whose only host is a rig of its own, with one guest, and which is opened on that guest's sources. */
import { pantrySources } from '../rig/guests.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import type { Opened, Session } from './session.ts';
import { rigSettings } from './settings.ts';

export async function startOnRig(session: Session, settings: Readonly<Record<string, unknown>> = {}): Promise<Opened & { rig: Rig }> {
  const rig = await startRig();
  session.atEnd(() => rig.stop());
  const guest = rig.createGuest('pantry');
  const opened = session.start({ workspace: pantrySources, settings: rigSettings(rig, settings) });
  // both, whatever becomes of one: what is started late would not be ended
  await Promise.allSettled([guest, opened]);
  await guest;
  return { rig, ...(await opened) };
}
