/** The engine as it is shipped (`dist/engine.cjs`), in a process of its own, asked as the extension host asks it. */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createProtocolConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-languageserver/node';
import type { EngineEvents, EngineNotifications, EngineRequests } from '../../extension/protocol.ts';
import type { Ask } from '../../extension/host/flamegraph/conversation.ts';

const engineFile = path.resolve(import.meta.dirname, '../../dist/engine.cjs');

export interface EngineProcess {
  readonly ask: Ask;
  notify<M extends keyof EngineNotifications>(method: M, params: EngineNotifications[M]): Promise<void>;
  onOpening(listener: (event: EngineEvents['ringside/opening']) => void): void;
  /** Resident memory, in MB. */
  memoryMb(): number;
  stop(): Promise<void>;
}

export async function startEngine(): Promise<EngineProcess> {
  const child = fork(engineFile, ['--node-ipc'], { execArgv: [] });
  const connection = createProtocolConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  connection.listen();
  await connection.sendRequest('initialize', { processId: process.pid, capabilities: {}, workspaceFolders: null });
  return {
    ask: <M extends keyof EngineRequests>(method: M, params: EngineRequests[M]['params']) =>
      connection.sendRequest<EngineRequests[M]['result']>(method, params),
    notify: (method, params) => connection.sendNotification(method, params),
    onOpening: (listener) => void connection.onNotification('ringside/opening', listener),
    memoryMb: () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid!}/status`, 'utf8'))![1]) / 1000,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      connection.dispose();
      child.kill();
      await ended;
    },
  };
}
