/** The pointer over the flame graph. */
import type { Actions } from '../actions.ts';
import type { FrameMenu } from '../menu.ts';
import type { Store } from '../store.ts';
import type { Flame } from './flame.ts';

/** A press that moves further is a drag, and a drag does nothing. */
export const CLICK_PX = 4;
/** A wheel turns in bursts: one zoom each. */
const WHEEL_PAUSE_MS = 120;

export function flameMouse(flame: Flame, store: Store, actions: Actions, menu: FrameMenu): void {
  const { tree } = flame;
  let pressed: { x: number; y: number } | null = null;
  let lastZoomMs = -Infinity;
  const moved = (event: MouseEvent): boolean =>
    pressed !== null && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > CLICK_PX;
  const nodeUnder = (event: MouseEvent): number | null => {
    const row = flame.rowUnder(event);
    return row === undefined ? null : (store.model.index?.table.node[row] ?? null);
  };

  tree.addEventListener('pointerdown', (event) => (pressed = { x: event.clientX, y: event.clientY }));
  tree.addEventListener('click', (event) => {
    if (moved(event)) return;
    // beside the frames: none
    const node = nodeUnder(event);
    actions.select(node);
    if (node === null) return;
    if (event.ctrlKey || event.metaKey) actions.openSource(node, 'hottest', event.altKey);
  });
  tree.addEventListener('dblclick', (event) => {
    const node = nodeUnder(event);
    if (node !== null && !moved(event) && !event.ctrlKey && !event.metaKey) actions.zoomTo(node);
  });
  tree.addEventListener('pointermove', (event) => {
    const node = nodeUnder(event);
    tree.classList.toggle('is-over', node !== null);
    actions.hover(node);
  });
  tree.addEventListener('pointerleave', () => actions.hover(null));
  tree.addEventListener('contextmenu', (event) => {
    event.preventDefault();
    const node = nodeUnder(event);
    if (node === null) return;
    actions.select(node);
    menu.openNode(node, event.clientX, event.clientY);
  });
  flame.element.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      if (event.timeStamp - lastZoomMs < WHEEL_PAUSE_MS || event.deltaY === 0) return;
      lastZoomMs = event.timeStamp;
      const node = nodeUnder(event);
      if (event.deltaY > 0) actions.zoomOut();
      else if (node !== null) actions.zoomTowards(node);
    },
    { passive: false },
  );
}
