/** What the editor may ask about a document of one of our languages. */
import type { CodeLens, CompletionItem, Diagnostic, DocumentSymbol, FoldingRange, Hover, Position } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';

export interface LanguageFeatures {
  diagnostics(document: TextDocument): Diagnostic[];
  symbols(document: TextDocument): DocumentSymbol[];
  folding(document: TextDocument): FoldingRange[];
  hover(document: TextDocument, position: Position): Hover | null;
  completion(document: TextDocument, position: Position): CompletionItem[];
  lenses(document: TextDocument): CodeLens[];
}

export const SOURCE = 'ringside';
