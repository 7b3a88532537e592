/** A helper thread of crew.ts: looks up blocks of addresses as long as there are any. */
import { parentPort } from 'node:worker_threads';
import { type Errand, lookupBlock, type Report, takeBlock } from './crew.ts';
import { openSymbols } from './symbolizer.ts';

parentPort?.once('message', (errand: Errand) => void work(errand));

async function work(errand: Errand): Promise<void> {
  const symbols = openSymbols(errand.place.file, { debugDirectories: errand.place.debugDirectories });
  await symbols.prepare();
  const sent = { functions: 0, files: 0 };
  for (let block = takeBlock(errand); block !== -1; block = takeBlock(errand)) {
    const start = errand.first[errand.blocks[block]!]!;
    const answers = symbols.answers(errand.first[errand.blocks[block + 1]!]! - start);
    lookupBlock(symbols, errand, block, answers, (index) => index - start);
    const part = answers.part(sent);
    sent.functions = answers.functions.length;
    sent.files = answers.files.length;
    const report: Report = { block, answers: part };
    parentPort!.postMessage(report);
  }
  symbols.close();
  parentPort!.postMessage('done');
}
