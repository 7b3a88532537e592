/**
 * The recording's part of `npm run bench -- view`: photographs of a program that is stepped through, at 1,000 Hz on four vCPUs, through the host's own code into
 * the engine in its process, and from there to the view in Chromium. This process stands in for the extension host.
 */
import type { Page } from 'playwright-core';
import { Pump } from '../../extension/host/base/pump.ts';
import { pushIntervalMs } from '../../extension/host/flamegraph/conversation.ts';
import type { CaptureInfo } from '../../extension/protocol.ts';
import { openBrowser } from '../editor/browser.ts';
import { recordOf, streamOf } from '../unwind/stream.ts';
import { Workshop } from '../unwind/trace.ts';
import { openView, type ViewPage } from '../view/page.ts';
import { startEngine } from './engineProcess.ts';
import { letNamesBe } from './viewPeers.ts';

const RATE_HZ = 1000;
const VCPUS = 4;
/** The agent sends about ten batches a second. */
const BATCH_MS = 100;
const BARS = { updatesHz: 2, blockedMs: 20 };

const INFO: CaptureInfo = {
  guest: 'stepped',
  host: 'bench',
  kind: 'pv',
  vcpus: VCPUS,
  rateHz: RATE_HZ,
  xenVersion: null,
  startedAt: '2026-01-01T00:00:00Z',
};

export async function benchRecording(seconds: number): Promise<void> {
  const workshop = new Workshop();
  const engine = await startEngine();
  const browser = await openBrowser({ width: 1600, height: 1000 });
  let view: ViewPage | undefined;
  try {
    const flags = ['-nostdlib', '-static', '-no-pie', '-ffreestanding', '-fno-stack-protector', '-O2', '-g', '-falign-functions=512'];
    const program = workshop.build('work.c', 'recorded', flags);
    const batches = await streamOf(batchesOf(workshop, program, seconds));
    await engine.ask('ringside/begin', { profileId: 'live', info: INFO, symbols: { kind: 'elf', path: program, origin: 'chosen' } });
    const pump = new Pump(
      async () => view?.pushGrowth(),
      pushIntervalMs,
      (error) => {
        throw error;
      },
    );
    view = await openView({ browser, profile: { shown: { id: 'live', kind: 'profile' }, ask: engine.ask }, width: 1600, height: 1000 });
    const { page } = view;
    await letNamesBe(page);
    const blocked = new Blocked();
    let sent = 0;
    const start = performance.now();
    let selected: string | null = null;
    for (const batch of batches) {
      await new Promise((resolve) => setTimeout(resolve, start + ++sent * BATCH_MS - performance.now()));
      const data = batch.toString('base64');
      void engine.notify('ringside/photographs', { profileId: 'live', data }).then(() => pump.want());
      if (sent === 10) {
        await countDrawings(page);
        selected = await select(page);
        blocked.begin();
      }
    }
    blocked.end();
    const drawn = await page.evaluate(() => (window as unknown as { drawn: { count: number; since: number } }).drawn);
    pump.dispose();
    const now = await selection(page);
    const late = performance.now() - start - sent * BATCH_MS;
    const samples = await page.locator('[data-fact=Samples] dd').innerText();
    console.log(
      `\nwhile recording at ${RATE_HZ} Hz on ${VCPUS} vCPUs, ${seconds} s, ${samples} samples drawn (the last batch ${late.toFixed(0)} ms late)`,
    );
    const updatesHz = (1000 * drawn.count) / drawn.since;
    console.log(`the graph was drawn ${updatesHz.toFixed(1)} times a second`);
    verdict(updatesHz >= BARS.updatesHz, `at least ${BARS.updatesHz}`);
    console.log(
      `the host worked for ${blocked.longestMs.toFixed(1)} ms at the longest without a pause (processor time, this bench's own work included)`,
    );
    verdict(blocked.longestMs <= BARS.blockedMs, `at most ${BARS.blockedMs} ms`);
    verdict(selected !== null && now === selected, `the selected frame stays put: ${selected ?? 'none'}, in the end ${now ?? 'none'}`);
  } finally {
    await view?.close();
    await browser.close();
    await engine.stop();
    workshop.close();
  }
}

/** Simulated in this only: the same stacks come again and again, at the times of a recording, on each vCPU in turn. */
function* batchesOf(workshop: Workshop, program: string, seconds: number): Generator<Buffer> {
  const photographs = workshop.trace(program, 1, 0).map(({ photograph }) => photograph);
  let next = 0;
  for (let at = 0; at < seconds * 1000; at += BATCH_MS) {
    const records: Buffer[] = [];
    for (let ms = at; ms < at + BATCH_MS; ms += 1000 / RATE_HZ)
      for (let vcpu = 0; vcpu < VCPUS; vcpu++)
        records.push(recordOf({ ...photographs[next++ % photographs.length]!, timeNs: ms * 1e6, vcpu }));
    yield Buffer.concat(records);
  }
}

/** The longest that this process worked without looking at its timers. Of processor time: other processes may hold it up for longer. */
class Blocked {
  longestMs = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  begin(): void {
    let last = process.cpuUsage();
    this.timer = setInterval(() => {
      const { user, system } = process.cpuUsage(last);
      this.longestMs = Math.max(this.longestMs, (user + system) / 1000);
      last = process.cpuUsage();
    }, 1);
  }

  end(): void {
    clearInterval(this.timer);
  }
}

/** Counts the answers that the view has drawn. */
async function countDrawings(page: Page): Promise<void> {
  await page.evaluate(() => {
    const drawn = { count: 0, since: 0 };
    const start = performance.now();
    Object.assign(window, { drawn });
    addEventListener('message', ({ data }: MessageEvent<{ type?: string }>) => {
      if (data.type !== 'flame') return;
      requestAnimationFrame(() => {
        drawn.count++;
        drawn.since = performance.now() - start;
      });
    });
  });
}

/** Selects the end of the heaviest chain, as a user would. */
async function select(page: Page): Promise<string | null> {
  await page.locator('.flame-tree').focus();
  await page.keyboard.press('End');
  return selection(page);
}

/** The name of the selected frame and its node. */
function selection(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const frame = document.querySelector<HTMLElement>('.flame [aria-selected=true]');
    return frame ? `${frame.getAttribute('aria-label')!.split(',')[0]!} (node ${frame.dataset['node']!})` : null;
  });
}

function verdict(met: boolean, bar: string): void {
  console.log(`  ${met ? 'met' : 'MISSED'}: ${bar}`);
}
