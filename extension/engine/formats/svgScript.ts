/**
 * The script inside of an exported flame graph: click or Enter zooms, Escape or "reset" goes back, Ctrl-F or "search" finds by a regular expression.
 * Plain script for any browser; it reads nothing but the drawing that it is in.
 */
export const flameScript = String.raw`
(() => {
  const svg = document.querySelector('svg');
  const frames = [...svg.querySelectorAll('.f')];
  const { left, width, glyph } = svg.querySelector('#frames').dataset;
  const told = svg.querySelector('#told');
  const origin = Number(left), room = Number(width);
  const boxes = frames.map((g) => {
    const rect = g.querySelector('rect');
    return { g, rect, text: g.querySelector('text'), x: Number(rect.getAttribute('x')) - origin, w: Number(rect.getAttribute('width')), d: Number(g.dataset.d), name: g.dataset.n };
  });
  const whole = boxes[0].w || 1;
  let zoomed = boxes[0];
  const show = (root) => {
    zoomed = root;
    const scale = room / (root.w || 1);
    for (const box of boxes) {
      const above = box.d < root.d && box.x <= root.x + .01 && box.x + box.w >= root.x + root.w - .01;
      const inside = box.d >= root.d && box.x >= root.x - .01 && box.x + box.w <= root.x + root.w + .01;
      box.g.classList.toggle('gone', !above && !inside);
      box.g.classList.toggle('above', above);
      if (!above && !inside) continue;
      const x = origin + (above ? 0 : (box.x - root.x) * scale), w = above ? room : box.w * scale;
      box.rect.setAttribute('x', x);
      box.rect.setAttribute('width', w);
      box.text.setAttribute('x', x + 3);
      const letters = Math.floor((w - 6) / Number(glyph));
      box.text.textContent = box.name.length <= letters ? box.name : letters >= 4 ? box.name.slice(0, letters - 1) + '\u2026' : '';
    }
    tell();
  };
  let pattern = '';
  const tell = () => {
    const parts = [];
    if (zoomed !== boxes[0]) parts.push('zoomed: ' + zoomed.name);
    if (pattern) {
      let end = -1, sum = 0, count = 0;
      const found = boxes.filter((box) => box.g.classList.contains('found')).sort((a, b) => a.x - b.x || a.d - b.d);
      for (const box of found) {
        count++;
        if (box.x + box.w > end + .001) { sum += box.x + box.w - Math.max(box.x, end); end = box.x + box.w; }
      }
      parts.push(count + ' frames match ' + pattern + ', ' + (100 * sum / whole).toFixed(1) + ' % of all');
    }
    told.textContent = parts.join('; ');
  };
  const search = () => {
    const asked = prompt('Search for (a regular expression; empty for none)', pattern);
    if (asked === null) return;
    let test = () => false;
    if (asked) {
      try { const r = new RegExp(asked, 'i'); test = (name) => r.test(name); }
      catch (error) { told.textContent = String(error.message || error); return; }
    }
    pattern = asked;
    for (const box of boxes) box.g.classList.toggle('found', test(box.name));
    tell();
  };
  const button = (text, x, act) => {
    const t = document.createElementNS('http://www.w3.org/2000/svg', 'text');
    t.textContent = text;
    t.setAttribute('class', 'button');
    t.setAttribute('x', x);
    t.setAttribute('y', 20);
    t.setAttribute('tabindex', 0);
    t.setAttribute('role', 'button');
    t.addEventListener('click', act);
    t.addEventListener('keydown', (e) => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); act(); } });
    svg.querySelector('#tools').append(t);
  };
  button('reset zoom', origin + room - 150, () => show(boxes[0]));
  button('search', origin + room - 50, search);
  for (const box of boxes) {
    box.g.addEventListener('click', () => show(box));
    box.g.addEventListener('keydown', (e) => { if (e.key === 'Enter') show(box); });
  }
  addEventListener('keydown', (e) => {
    if (e.key === 'Escape') show(boxes[0]);
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'f') { e.preventDefault(); search(); }
  });
})();
`;
