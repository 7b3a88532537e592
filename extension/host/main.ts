/** The extension: what it is made of. */
import * as vscode from 'vscode';
import { AssemblyDocuments } from './assembly/assemblyDocuments.ts';
import { InStep } from './assembly/inStep.ts';
import { registerCommands } from './base/commands.ts';
import { showFailure } from './base/failure.ts';
import { CaptureEditor } from './captures/captureEditor.ts';
import { CapturesView, isCaptureNode } from './captures/capturesView.ts';
import { RecentRecordings } from './captures/recentRecordings.ts';
import { BeforeAfter } from './captures/beforeAfter.ts';
import { deleteRecordings } from './captures/deleteRecordings.ts';
import { openCapture, showCapture } from './captures/openCapture.ts';
import { compareCaptures, compareNodes, compareWith, swapComparison } from './captures/compareCaptures.ts';
import { exportView } from './captures/exportView.ts';
import { saveCapture } from './captures/saveCapture.ts';
import { Configuration } from './configuration/configuration.ts';
import { Connections } from './connection/connections.ts';
import { FlamePanels } from './flamegraph/panels.ts';
import { Profiles } from './flamegraph/profiles.ts';
import { addHost } from './hosts/addHost.ts';
import { HostsView, hostsNode } from './hosts/hostsView.ts';
import { offerTest, testHost } from './hosts/testHost.ts';
import { WalkView } from './hotPath/walkView.ts';
import { Engine } from './languageServer/engine.ts';
import { chooseHeat } from './lineHeat/chooseMode.ts';
import { FileBadges } from './lineHeat/fileBadges.ts';
import { HeatModes } from './lineHeat/heatModes.ts';
import { LineHeatView } from './lineHeat/lineHeat.ts';
import { chooseSymbols, trustSymbols } from './profiling/chooseSymbols.ts';
import { pickHost } from './profiling/pickHost.ts';
import { profileFile } from './profiling/profileFile.ts';
import { profileAgain, profileGuest } from './profiling/profileGuest.ts';
import { Recorder } from './profiling/recorder.ts';
import { SourceAnswers } from './sources/answers.ts';
import { GoTo } from './sources/goTo.ts';
import { HotSymbols } from './sources/hotSymbols.ts';
import { SourceLocator } from './sources/locator.ts';
import { SourceOpener } from './sources/openSource.ts';

/** Ends the remote side, then the engine and the connections. */
let goodbye: () => Promise<void> = () => Promise.resolve();

export function activate({
  extensionUri,
  extensionPath,
  globalStorageUri,
  globalState,
  workspaceState: memory,
  subscriptions,
}: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Ringside', { log: true });
  const keep = <T extends vscode.Disposable>(part: T): T => {
    subscriptions.push(part);
    return part;
  };
  keep(log);
  try {
    const configuration = keep(new Configuration());
    const locator = keep(new SourceLocator(configuration, keep(new SourceAnswers(memory))));
    const connections = keep(new Connections(configuration, extensionPath, log));
    const symbols = vscode.Uri.joinPath(globalStorageUri, 'symbols');
    const engine = keep(new Engine(configuration, locator, extensionUri, symbols, log));
    const profiles = keep(new Profiles(engine, log));
    const sources = keep(new SourceOpener(configuration, locator));
    const view = { extensionUri, engine, profiles, sources, log, memory: globalState };
    const panels = keep(new FlamePanels(view, memory));
    keep(new CaptureEditor(view, globalStorageUri).register());
    const hosts = keep(new HostsView(configuration, connections, log));
    const testing = { connections, log };
    const recent = keep(new RecentRecordings(globalStorageUri, log));
    const captures = keep(new CapturesView(recent, log));
    const recorder = keep(new Recorder({ configuration, connections, engine, profiles, panels, recent, log }));
    const kernels = vscode.Uri.joinPath(globalStorageUri, 'kernels');
    const inSource = { engine, profiles, sources };
    const modes = keep(new HeatModes(configuration, engine, profiles));
    const heat = keep(new LineHeatView({ ...inSource, modes, log }));
    keep(new FileBadges({ ...inSource, modes, log }));
    const goTo = new GoTo(inSource);
    keep(new HotSymbols(inSource, log));
    const walk = keep(new WalkView(inSource, log));
    const assembly = keep(new AssemblyDocuments({ ...inSource, configuration, goTo, log }));
    keep(new InStep(assembly, sources, log));
    const comparing = { profiles, panels, recent };
    const beforeAfter = new BeforeAfter(comparing, log);
    const profiling = { configuration, connections, engine, kernels, log, recorder, beforeAfter, memory };

    keep(
      registerCommands(
        {
          'ringside.addHost': async () => {
            const host = await addHost(configuration);
            if (host) await offerTest(host, testing);
          },
          'ringside.editHosts': () => configuration.open('hosts'),
          'ringside.refresh': (node) => hosts.refresh(hostsNode(node) ?? undefined),
          'ringside.testHost': async (node) => {
            const host = hostsNode(node)?.host ?? (await pickHost(configuration, vscode.l10n.t('Test a host')));
            await testHost(host, testing);
          },
          'ringside.profile': (node) => profileGuest(hostsNode(node), profiling),
          'ringside.profileFile': (name) => profileFile(name, profiling),
          'ringside.profileAgain': () => profileAgain(profiling),
          'ringside.stop': (profileId) => recorder.stop(typeof profileId === 'string' ? profileId : null),
          'ringside.cancel': (profileId) => recorder.cancel(typeof profileId === 'string' ? profileId : null),
          'ringside.saveCapture': (on) => saveCapture(on, profiles.active, engine, panels),
          'ringside.export': () => exportView(profiles.active, engine),
          'ringside.deleteRecording': (on, selection) => deleteRecordings(captures.meant(on, selection), recent),
          'ringside.compareCaptures': (on, selection) =>
            isCaptureNode(on) ? compareNodes(captures.meant(on, selection), comparing) : compareCaptures(selection, comparing),
          'ringside.compareWith': (on) => (isCaptureNode(on) ? compareNodes([on], comparing) : compareWith(profiles.active, comparing)),
          'ringside.swapComparison': () => swapComparison(profiles.active, comparing),
          'ringside.openCapture': (on) => openCapture(on, panels),
          'ringside.openRecent': async () => {
            const file = await recent.pick();
            if (file) await showCapture(file, panels);
          },
          'ringside.chooseSymbols': () => chooseSymbols(profiles, profiling),
          'ringside.trustSymbols': () => trustSymbols(profiles),
          'ringside.lineHeat': () => chooseHeat(configuration, profiles, modes),
          'ringside.nextHotLine': () => heat.step(1),
          'ringside.previousHotLine': () => heat.step(-1),
          'ringside.hottestLine': () => goTo.hottestLine(),
          'ringside.hotFunction': () => goTo.hotFunction(),
          'ringside.heaviestCaller': () => goTo.heaviest('callers'),
          'ringside.heaviestCallee': () => goTo.heaviest('callees'),
          'ringside.showInGraph': (link) => goTo.showInGraph(link),
          'ringside.openPlace': (link) => goTo.openPlace(link),
          'ringside.nextStep': () => walk.step(1),
          'ringside.previousStep': () => walk.step(-1),
          'ringside.walkTo': (node) => walk.openStep(node),
          'ringside.chooseHotPath': () => walk.choose(),
          'ringside.assembly': (on) => assembly.open(on),
          'ringside.showLog': () => log.show(),
        },
        log,
      ),
    );

    goodbye = async () => {
      await recorder.goodbye();
      await Promise.all([connections.close(), engine.stop()]);
    };
  } catch (cause) {
    void showFailure(new Error('Ringside could not start; reload the window, and see the log if it happens again', { cause }), log);
    throw cause;
  }
}

export function deactivate(): Promise<void> {
  return goodbye();
}
