/** Disassemblies as read-only documents: one a function of a profile, made when it is opened and again when the view's filter changes. */
import * as vscode from 'vscode';
import type { Assembly, SourcePlace } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { Cancelled, Failure, isCancelled, logFailure, messageOf } from '../base/failure.ts';
import { Pump } from '../base/pump.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { requireTrust } from '../connection/trust.ts';
import type { OpenProfile } from '../flamegraph/profiles.ts';
import { chooseElf } from '../profiling/symbols.ts';
import { functionIn, type GoTo, type GoToServices } from '../sources/goTo.ts';
import { listing, type Listing } from './listing.ts';

export const assemblyScheme = 'ringside-assembly';
const language = 'annotated-assembly';
const refreshMs = 2000;
/** Files whose lines are shown between instructions, of one function. */
const mostFiles = 50;

export interface AssemblyServices extends GoToServices {
  readonly configuration: Configuration;
  readonly goTo: GoTo;
  readonly log: vscode.LogOutputChannel;
}

interface Shown {
  readonly profile: OpenProfile;
  readonly fn: number;
  readonly symbolFile: string;
  listing: Listing;
}

export class AssemblyDocuments extends Disposable implements vscode.TextDocumentContentProvider {
  private readonly services: AssemblyServices;
  private readonly shown = new Map<string, Shown>();
  /** ELF files that were chosen, by profile. */
  private readonly chosen = new WeakMap<OpenProfile, string>();
  private readonly changed = this.register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.changed.event;

  constructor(services: AssemblyServices) {
    super();
    this.services = services;
    const { engine, profiles, log } = services;
    this.register(vscode.workspace.registerTextDocumentContentProvider(assemblyScheme, this));
    const pump = this.register(
      new Pump(
        () => this.refresh(),
        refreshMs,
        (error) => logFailure(error, log),
      ),
    );
    this.register(engine.onDidChangeHeat(() => pump.want()));
    this.register(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.shown.delete(uri.toString())));
    this.register(profiles.onDidClose((profile) => void this.closeOf(profile)));
  }

  /** Opens the disassembly of a function: one that the view or a link names, or the one at the cursor, beside its source. */
  async open(argument: unknown): Promise<void> {
    requireTrust(
      vscode.l10n.t(
        'Disassembling is off in Restricted Mode: it would run objdump on a file that a capture from a folder you do not trust may name.',
      ),
    );
    const { profiles, goTo } = this.services;
    const profile = profiles.answering;
    if (!profile) throw new Failure(vscode.l10n.t('No profile is open: profile a guest, or open a capture.'));
    const fn = functionIn(argument) ?? (await goTo.aroundCursor()).frame.fn;
    const symbolFile = await this.symbolFile(profile);
    const made = await this.make(profile, fn, symbolFile);
    const uri = uriOf(profile, fn, made.name);
    this.shown.set(uri.toString(), { profile, fn, symbolFile, listing: made.listing });
    this.changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.languageId !== language) await vscode.languages.setTextDocumentLanguage(document, language);
    await this.services.sources.show(document, hottest(made.listing));
  }

  listingOf(document: vscode.TextDocument): Listing | undefined {
    return this.shown.get(document.uri.toString())?.listing;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.shown.get(uri.toString())?.listing.text ?? `; ${vscode.l10n.t('The profile of this disassembly is closed.')}\n`;
  }

  private async make(profile: OpenProfile, fn: number, symbolFile: string): Promise<{ name: string; listing: Listing }> {
    const { engine, configuration, sources } = this.services;
    const filter = profile.filter ?? { states: 'all', vcpu: null };
    const objdump = configuration.objdump();
    const assembly = await engine.request('ringside/assembly', { profileId: profile.id, filter, fn, symbolFile, objdump });
    const found = await this.sourceTexts(assembly, profile, sources);
    const sourceLine = ({ file, line }: SourcePlace): string | undefined => found.get(file)?.lines[line - 1];
    const doubted = [...found].flatMap(([file, { isBuilt }]) => (isBuilt ? [] : [file]));
    return { name: assembly.name, listing: listing(assembly, sourceLine, doubted) };
  }

  /** The lines of the files that the instructions come from, as far as they are found without asking. */
  private async sourceTexts(
    assembly: Assembly,
    { id: profileId }: OpenProfile,
    sources: AssemblyServices['sources'],
  ): Promise<Map<string, SourceText>> {
    const chains = assembly.parts.flatMap((part) => part.chains);
    const files = new Set(chains.flatMap(([innermost]) => (innermost?.file === undefined ? [] : [innermost.file])));
    const found = await Promise.all(
      [...files].slice(0, mostFiles).map(async (file): Promise<[string, SourceText] | null> => {
        const uri = await sources.locator.locate(file);
        if (!uri) return null;
        const document = await vscode.workspace.openTextDocument(uri);
        const state = await this.services.engine.request('ringside/sourceState', { profileId, file, path: uri.fsPath });
        return [file, { lines: document.getText().split(/\r?\n/), isBuilt: state === 'built' && !document.isDirty }];
      }),
    );
    return new Map(found.filter((entry) => entry !== null));
  }

  /** The file that named the profile, that of the settings, or one that the person chooses. */
  private async symbolFile(profile: OpenProfile): Promise<string> {
    const { engine, configuration } = this.services;
    const known = this.chosen.get(profile) ?? (await engine.request('ringside/symbolFile', { profileId: profile.id }));
    if (known !== null) return known;
    const set = configuration.symbolsFor(profile.title)?.path;
    const file = set ?? (await chooseElf(profile.title, engine));
    if (file === null) throw new Cancelled();
    this.chosen.set(profile, file);
    return file;
  }

  private async refresh(): Promise<void> {
    for (const [key, entry] of this.shown) {
      try {
        const { listing: made } = await this.make(entry.profile, entry.fn, entry.symbolFile);
        if (made.text === entry.listing.text) continue;
        entry.listing = made;
        this.changed.fire(vscode.Uri.parse(key));
      } catch (error) {
        if (!isCancelled(error)) this.services.log.debug(messageOf(error)); // what was shown stays
      }
    }
  }

  /** Nothing of a profile stays in the editor. */
  private async closeOf(profile: OpenProfile): Promise<void> {
    const keys = [...this.shown].filter(([, entry]) => entry.profile === profile).map(([key]) => key);
    for (const key of keys) this.shown.delete(key);
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputText && keys.includes(input.uri.toString()));
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
  }
}

interface SourceText {
  readonly lines: readonly string[];
  /** Nothing speaks against its being what was compiled. */
  readonly isBuilt: boolean;
}

function uriOf(profile: OpenProfile, fn: number, name: string): vscode.Uri {
  const file = name.replace(/[^\p{L}\p{N}._:<>~-]+/gu, '_').slice(0, 80) || 'function';
  return vscode.Uri.from({ scheme: assemblyScheme, path: `/${profile.id}/${fn}/${file}.profiled.s` });
}

/** Line (from 0) of the instruction that costs most. */
function hottest({ lines }: Listing): number {
  return lines.reduce((best, line, at) => (line.self > lines[best]!.self ? at : best), 0);
}
