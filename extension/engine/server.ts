/** The engine's process: a language server that also answers the views' requests (protocol.ts). */
import {
  createConnection,
  MarkupKind,
  ProposedFeatures,
  ResponseError,
  TextDocuments,
  TextDocumentSyncKind,
  ErrorCodes,
  LSPErrorCodes,
  type CancellationToken,
  type HoverParams,
  type Hover,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { fileURLToPath } from 'node:url';
import type { EngineNotifications } from '../protocol.ts';
import { modeOf, serveLineHints } from './features/lineHints.ts';
import { hoverInLanguage, serveLanguages } from './languages/serve.ts';
import { Session, type Asked } from './session.ts';

const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);
const session = new Session();
session.sources.locate = (question) => connection.sendRequest('ringside/locate', question);
const hints = serveLineHints(connection, documents, session);

connection.onInitialize(({ initializationOptions }) => {
  takeSourceMap(initializationOptions);
  takePlaces(initializationOptions);
  hints.mode = modeOf((initializationOptions as { lineHeat?: unknown } | undefined)?.lineHeat);
  return { capabilities: { textDocumentSync: TextDocumentSyncKind.Incremental, hoverProvider: true, inlayHintProvider: true } };
});

for (const method of Object.keys(session.answers) as (keyof typeof session.answers)[]) {
  const answer = session.answers[method] as (params: unknown, asked: Asked) => unknown;
  connection.onRequest(method, async (params: unknown, token: CancellationToken) => {
    const cancelled = new AbortController();
    const listener = token.onCancellationRequested(() => cancelled.abort(new Error('Cancelled')));
    try {
      return await answer(params, {
        signal: cancelled.signal,
        onOpening: (progress) => void connection.sendNotification('ringside/opening', progress),
      });
    } catch (error) {
      if (cancelled.signal.aborted) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'Cancelled', { cause: error });
      throw response(error);
    } finally {
      listener.dispose();
    }
  });
}

connection.onNotification('ringside/photographs', ({ profileId, data }: EngineNotifications['ringside/photographs']) => {
  session.photographs(profileId, data).catch((error: unknown) => connection.console.error(chain(error)));
});
connection.onNotification('ringside/status', ({ profileId, status }: EngineNotifications['ringside/status']) =>
  session.status(profileId, status),
);
connection.onNotification('ringside/activeProfile', ({ profileId }: EngineNotifications['ringside/activeProfile']) =>
  session.activate(profileId),
);
connection.onNotification('ringside/selected', ({ profileId, node, filter }: EngineNotifications['ringside/selected']) =>
  session.select(profileId, node, filter),
);
connection.onNotification('ringside/sourceMap', takeSourceMap);
connection.onNotification('ringside/debugFileDirectories', takePlaces);
connection.onNotification('ringside/lineHeatMode', ({ mode }: EngineNotifications['ringside/lineHeatMode']) => {
  hints.mode = modeOf(mode);
  session.onHeat();
});

connection.onHover(async ({ textDocument, position }: HoverParams): Promise<Hover | null> => {
  const ours = hoverInLanguage(documents.get(textDocument.uri), position);
  if (ours !== undefined) return ours;
  if (!textDocument.uri.startsWith('file:')) return null;
  const word = wordAt(documents.get(textDocument.uri), position.line, position.character);
  const value = await session.hover({ path: fileURLToPath(textDocument.uri), line: position.line + 1, word });
  return value === null ? null : { contents: { kind: MarkupKind.Markdown, value } };
});

// The library ends the process when the editor says so, or is gone itself, which it finds out seconds later. What is being recorded is written first.
const exit = process.exit.bind(process);
process.exit = ((code) => void session.unkept.rescue().then(() => exit(code))) as typeof process.exit;
process.once('disconnect', () => process.exit(1));

serveLanguages(connection, documents);
documents.listen(connection);
connection.listen();

function takeSourceMap(options: unknown): void {
  const map = (options as { sourceMap?: unknown } | undefined)?.sourceMap;
  if (typeof map !== 'object' || map === null) return;
  session.sources.renew(Object.fromEntries(Object.entries(map).filter(([, to]) => typeof to === 'string')));
  session.onHeat();
}

/** Folders of separate debug files, and at the start the one where answers are kept. */
function takePlaces(options: unknown): void {
  const { debugFileDirectories: folders, symbolsFolder } = (options ?? {}) as { debugFileDirectories?: unknown; symbolsFolder?: unknown };
  const debugDirectories = Array.isArray(folders) ? folders.filter((folder): folder is string => typeof folder === 'string') : [];
  const index = typeof symbolsFolder === 'string' ? symbolsFolder : session.places.index;
  session.places = { debugDirectories, index };
}

/** The identifier around a position; empty where there is none. */
function wordAt(document: TextDocument | undefined, line: number, character: number): string {
  const text = document?.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } }) ?? '';
  const before = /[\w$]*$/.exec(text.slice(0, character))?.[0] ?? '';
  const after = /^[\w$]*/.exec(text.slice(character))?.[0] ?? '';
  return before + after;
}

/** A person reads the message; causes are in it, because only the message crosses the process border. */
function response(error: unknown): ResponseError {
  return new ResponseError(ErrorCodes.InternalError, chain(error));
}

function chain(error: unknown): string {
  const messages: string[] = [];
  for (let at = error; at instanceof Error && messages.length < 5; at = at.cause)
    if (!messages.includes(at.message)) messages.push(at.message);
  return messages.length > 0 ? messages.join(': ') : String(error);
}
