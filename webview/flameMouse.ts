/** The pointer over the flame graph. */
import type { Actions } from './actions.ts';
import type { Flame } from './flame.ts';

/** A press that moves further is a drag, and a drag does nothing. */
export const CLICK_PX = 4;
/** A wheel turns in bursts: one zoom each. */
const WHEEL_PAUSE_MS = 120;

export interface FrameMenu {
  open(node: number, x: number, y: number): void;
}

export function flameMouse(flame: Flame, actions: Actions, menu: FrameMenu): void {
  const { tree } = flame;
  let pressed: { x: number; y: number } | null = null;
  let lastZoomMs = -Infinity;
  const moved = (event: MouseEvent): boolean =>
    pressed !== null && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > CLICK_PX;

  tree.addEventListener('pointerdown', (event) => (pressed = { x: event.clientX, y: event.clientY }));
  // While capturing: d3-flame-graph zooms on a click of its own, which must not happen.
  tree.addEventListener(
    'click',
    (event) => {
      event.stopPropagation();
      const node = nodeOf(event);
      if (node === null || moved(event)) return;
      actions.select(node);
      if (event.ctrlKey || event.metaKey) actions.openSource(node, 'hottest', event.altKey);
    },
    { capture: true },
  );
  tree.addEventListener('dblclick', (event) => {
    const node = nodeOf(event);
    if (node !== null && !moved(event) && !event.ctrlKey && !event.metaKey) actions.zoomTo(node);
  });
  tree.addEventListener('pointerover', (event) => actions.hover(nodeOf(event)));
  tree.addEventListener('pointerleave', () => actions.hover(null));
  tree.addEventListener('contextmenu', (event) => {
    event.preventDefault();
    const node = nodeOf(event);
    if (node === null) return;
    actions.select(node);
    menu.open(node, event.clientX, event.clientY);
  });
  flame.element.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      if (event.timeStamp - lastZoomMs < WHEEL_PAUSE_MS || event.deltaY === 0) return;
      lastZoomMs = event.timeStamp;
      const node = nodeOf(event);
      if (event.deltaY > 0) actions.zoomOut();
      else if (node !== null) actions.zoomTowards(node);
    },
    { passive: false },
  );
}

/** Node of the frame under the pointer. */
export function nodeOf(event: Event): number | null {
  const frame = event.target instanceof Element ? event.target.closest<SVGGElement>('g.frame') : null;
  return frame ? Number(frame.dataset['node']) : null;
}
