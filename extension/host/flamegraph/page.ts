/** The HTML that loads the view. Nothing but the addresses of our own files is put into it. */

export interface PageParts {
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  /** Fresh random text for each page. */
  readonly nonce: string;
  readonly language: string;
  /** A view that has kept nothing starts with its root at the bottom. */
  readonly flipped: boolean;
}

/** The view's page: one script and one style sheet of ours, and nothing else, may run or load. */
export function viewPage({ cspSource, script, style, nonce, language, flipped }: PageParts): string {
  // d3 and the custom elements set styles through the DOM, which needs no 'unsafe-inline'.
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource}`;
  return `<!DOCTYPE html>
<html lang="${escape(language)}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escape(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Ringside</title>
    <link rel="stylesheet" href="${escape(style)}">
  </head>
  <body>
    <div id="app"${flipped ? ' data-flipped' : ''}></div>
    <script type="module" nonce="${nonce}" src="${escape(script)}"></script>
  </body>
</html>`;
}

/** A page with one sentence, for a panel whose profile is gone. */
export function notePage(text: string): string {
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'">
    <title>Ringside</title>
  </head>
  <body><p>${escape(text)}</p></body>
</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
