import { expect, it } from 'vitest';
import { notePage, viewPage } from './page.ts';

const parts = {
  cspSource: 'https://files.example',
  script: 'https://files.example/view.js',
  style: 'https://files.example/view.css',
  language: 'en',
  flipped: false,
};

it('lets our script and nothing else run', () => {
  const page = viewPage({ ...parts, nonce: 'N0nce' });
  expect(page).toContain('default-src &#39;none&#39;; script-src &#39;nonce-N0nce&#39;');
  expect(page).not.toContain('unsafe');
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page).toContain('<script type="module" nonce="N0nce" src="https://files.example/view.js">');
});

it('says how the last graph was turned', () => {
  expect(viewPage({ ...parts, nonce: 'n' })).toContain('<div id="app"></div>');
  expect(viewPage({ ...parts, nonce: 'n', flipped: true })).toContain('<div id="app" data-flipped></div>');
});

it('takes text for text', () => {
  expect(notePage('<img src=x onerror=alert(1)>')).not.toContain('<img');
  expect(viewPage({ ...parts, nonce: 'n', language: '"><script>' })).not.toContain('"><script>');
});
