/** xl's domain configurations in the editor. */
import {
  CompletionItemKind,
  CompletionItemTag,
  DiagnosticSeverity,
  InsertTextFormat,
  MarkupKind,
  SymbolKind,
  type Range,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { SOURCE, type LanguageFeatures } from '../languageFeatures.ts';
import { describe, offersAt, settingAt } from './assist.ts';
import { checkXl } from './check.ts';
import { parseXl, type Span, type XlValue } from './parse.ts';

const range = (document: TextDocument, { start, end }: Span): Range => ({
  start: document.positionAt(start),
  end: document.positionAt(end),
});

export const xlFeatures: LanguageFeatures = {
  diagnostics: (document) =>
    checkXl(parseXl(document.getText())).map(({ span, severity, message }) => ({
      range: range(document, span),
      severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
      source: SOURCE,
      message,
    })),
  symbols: (document) =>
    parseXl(document.getText()).settings.map(({ key, keySpan, value }) => ({
      name: key,
      detail: value.kind === 'list' ? `[${value.items.length}]` : value.text,
      kind: SymbolKind.Property,
      range: range(document, { start: keySpan.start, end: value.span.end }),
      selectionRange: range(document, keySpan),
    })),
  folding: (document) =>
    parseXl(document.getText())
      .settings.map(({ keySpan, value }) => ({
        startLine: document.positionAt(keySpan.start).line,
        endLine: document.positionAt(value.span.end).line,
      }))
      .filter(({ startLine, endLine }) => endLine > startLine),
  hover: (document, position) => {
    const found = settingAt(document.getText(), document.offsetAt(position));
    return (
      found && {
        contents: { kind: MarkupKind.Markdown, value: describe(found.known) },
        range: range(document, found.setting.keySpan),
      }
    );
  },
  completion: (document, position) =>
    offersAt(document.getText(), document.offsetAt(position)).map(({ label, detail, text, snippet, deprecated }) => ({
      label,
      detail,
      documentation: text,
      kind: text === '' ? CompletionItemKind.EnumMember : CompletionItemKind.Property,
      insertText: snippet,
      insertTextFormat: InsertTextFormat.Snippet,
      ...(deprecated ? { tags: [CompletionItemTag.Deprecated] } : {}),
    })),
  lenses: (document) => {
    const name = parseXl(document.getText()).settings.find(({ key }) => key === 'name');
    const guest = name && wordOf(name.value);
    return name && guest !== undefined
      ? [
          {
            range: range(document, name.keySpan),
            command: { title: '$(flame) Profile this guest', command: 'ringside.profileFile', arguments: [guest] },
          },
        ]
      : [];
  },
};

const wordOf = (value: XlValue): string | undefined => (value.kind === 'list' ? undefined : value.text);
