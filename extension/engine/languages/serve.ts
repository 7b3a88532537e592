/** Our own files in the editor: folded stacks, xl's domain configurations and annotated assembly. Registered for them alone, so that no other language is asked. */
import {
  BulkRegistration,
  CodeLensRequest,
  CompletionRequest,
  DocumentSymbolRequest,
  FoldingRangeRequest,
  type Connection,
  type Hover,
  type Position,
  type TextDocuments,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { assemblyFeatures } from './assembly/features.ts';
import { foldedFeatures } from './folded/features.ts';
import type { LanguageFeatures } from './languageFeatures.ts';
import { xlFeatures } from './xl/features.ts';

const LANGUAGES: Readonly<Record<string, LanguageFeatures>> = {
  'folded-stacks': foldedFeatures,
  'xl-configuration': xlFeatures,
  'annotated-assembly': assemblyFeatures,
};

const featuresOf = (document: TextDocument | undefined): LanguageFeatures | undefined => document && LANGUAGES[document.languageId];

/** What is under the pointer in a document of ours; undefined: it is none of ours. */
export function hoverInLanguage(document: TextDocument | undefined, position: Position): Hover | null | undefined {
  const features = featuresOf(document);
  return features && document ? features.hover(document, position) : undefined;
}

export function serveLanguages(connection: Connection, documents: TextDocuments<TextDocument>): void {
  connection.onInitialized(() => {
    const wanted = BulkRegistration.create();
    const documentSelector = Object.keys(LANGUAGES).map((language) => ({ language }));
    wanted.add(DocumentSymbolRequest.type, { documentSelector });
    wanted.add(FoldingRangeRequest.type, { documentSelector });
    wanted.add(CompletionRequest.type, { documentSelector, triggerCharacters: ['"', "'", '='] });
    wanted.add(CodeLensRequest.type, { documentSelector });
    connection.client.register(wanted).catch((error: unknown) => connection.console.error(String(error)));
  });
  const ask = <T>(uri: string, question: (features: LanguageFeatures, document: TextDocument) => T): T | null => {
    const document = documents.get(uri);
    const features = featuresOf(document);
    return features && document ? question(features, document) : null;
  };
  connection.onDocumentSymbol(({ textDocument }) => ask(textDocument.uri, (features, document) => features.symbols(document)));
  connection.onFoldingRanges(({ textDocument }) => ask(textDocument.uri, (features, document) => features.folding(document)));
  connection.onCompletion(({ textDocument, position }) =>
    ask(textDocument.uri, (features, document) => features.completion(document, position)),
  );
  connection.onCodeLens(({ textDocument }) => ask(textDocument.uri, (features, document) => features.lenses(document)));
  documents.onDidChangeContent(({ document }) => {
    const diagnostics = featuresOf(document)?.diagnostics(document);
    if (diagnostics) void connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics });
  });
  documents.onDidClose(({ document }) => {
    if (featuresOf(document)) void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
  });
}
