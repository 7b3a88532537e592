declare module '*.css';

/** The part of d3-flame-graph 5 that the view uses; the package brings no types. */
declare module 'd3-flame-graph' {
  import type { Selection } from 'd3-selection';

  /** A laid-out frame: a node of d3-hierarchy, bound to its `g` element. Horizontal places are fractions of the width. */
  export interface LaidOut<Data> {
    readonly data: Data;
    readonly depth: number;
    readonly x0: number;
    readonly x1: number;
    /** Key of the data join. */
    id: number;
  }
  export interface Tooltip {
    (selection: unknown): void;
    show(event: Event, frame: unknown): void;
    hide(): void;
  }
  export interface FlameGraph<Data> {
    (selection: Selection<HTMLElement, Data, null, undefined>): void;
    width(px: number): this;
    height(px: number): this;
    cellHeight(px: number): this;
    inverted(rootAtTop: boolean): this;
    sort(how: boolean): this;
    transitionDuration(ms: number): this;
    tooltip(tooltip: Tooltip): this;
    computeDelta(on: boolean): this;
    getDelta(read: (frame: LaidOut<Data>) => number): this;
    getName(read: (frame: LaidOut<Data>) => string): this;
    setColorMapper(fill: (frame: LaidOut<Data>) => string): this;
    update(data: Data): this;
  }
  export default function flamegraph<Data>(): FlameGraph<Data>;
}
