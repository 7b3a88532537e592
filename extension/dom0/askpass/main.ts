/** The program that ssh runs to ask: passes the question to server.ts over the private socket, and prints the answer. Exit code 1: no answer. */
import { connect } from 'node:net';

const address = process.env['RINGSIDE_ASKPASS_SOCKET'];
const token = process.env['RINGSIDE_ASKPASS_TOKEN'];
const prompt = process.argv.at(-1) ?? '';

// On Windows (server.ts) this is loaded before Node looks for a program named like the prompt; that there is none must not end the question.
if (process.env['RINGSIDE_ASKPASS_PRELOADED']) process.on('uncaughtException', () => undefined);
if (address === undefined || token === undefined) {
  process.stderr.write('askpass: started by something other than Ringside\n');
  process.exit(1);
}
let text = '';
const socket = connect(address, () => socket.write(`${JSON.stringify({ token, prompt, hint: process.env['SSH_ASKPASS_PROMPT'] })}\n`));
socket
  .setEncoding('utf8')
  .on('data', (piece: string) => (text += piece))
  .on('error', (error) => {
    process.stderr.write(`askpass: ${error.message}\n`);
    process.exit(1);
  })
  .on('end', () => {
    const { answer } = JSON.parse(text || '{}') as { answer?: unknown };
    if (typeof answer !== 'string') process.exit(1);
    process.stdout.write(`${answer}\n`, () => process.exit(0));
  });
