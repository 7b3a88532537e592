/** The agent as one Python text: its files in the order in which they need each other. The only place that loads them. */
import budget from './budget.py';
import fetch from './fetch.py';
import guests from './guests.py';
import main from './main.py';
import memory from './memory.py';
import native from './native.py';
import pauses from './pauses.py';
import preflight from './preflight.py';
import record from './record.py';
import sampler from './sampler.py';
import schedule from './schedule.py';
import compiledShutter from './shutter.c';
import shutter from './shutter.py';
import text from './text.py';
import tools from './tools.py';
import watchdog from './watchdog.py';
import wire from './wire.py';
import xen from './xen.py';

const parts = [
  wire,
  xen,
  memory,
  schedule,
  pauses,
  budget,
  shutter,
  native,
  watchdog,
  tools,
  preflight,
  guests,
  fetch,
  text,
  sampler,
  record,
];

/** Everything but the last line that runs it: for tests of its parts. */
export const agentParts = [`NATIVE_SHUTTER = ${JSON.stringify(compiledShutter)}`, ...parts].join('\n\n');

export const agentSource = `${agentParts}\n\n${main}`;
