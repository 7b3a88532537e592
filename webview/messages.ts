/** The one seam between the view and the extension host. */
import type { FromView, ToView, ViewState } from '../extension/protocol.ts';

interface VsCodeApi {
  postMessage(message: FromView): void;
  getState(): unknown;
  setState(state: ViewState): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Channel {
  post(message: FromView): void;
  /** What `keep` was last given, in this or an earlier life of the page; to be checked. */
  kept(): unknown;
  keep(state: ViewState): void;
}

/** Every message from the host goes to `receive`; others (a browser extension's, a frame's) are passed over. */
export function connectHost(receive: (message: ToView) => void): Channel {
  const api = acquireVsCodeApi();
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isToView(data)) receive(data);
  });
  return {
    post: (message) => api.postMessage(message),
    kept: () => api.getState(),
    keep: (state) => api.setState(state),
  };
}

const TYPES: Record<ToView['type'], true> = {
  named: true,
  flame: true,
  diffFlame: true,
  hotPaths: true,
  functions: true,
  diffFunctions: true,
  neighbours: true,
  diffNeighbours: true,
  heatMap: true,
  grown: true,
  opening: true,
  status: true,
  recordingEnded: true,
  reveal: true,
  error: true,
};

function isToView(data: unknown): data is ToView {
  return typeof data === 'object' && data !== null && 'type' in data && typeof data.type === 'string' && Object.hasOwn(TYPES, data.type);
}
