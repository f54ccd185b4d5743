/**
 * What JupyterLab's modules ask for while they are loaded and the test's browser does not have: import this before them.
 */

const noMedia = (media: string): Partial<MediaQueryList> => ({
  media,
  matches: false,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  // By its old name, for the lab's buttons.
  addListener: () => undefined,
  removeListener: () => undefined
});

Object.assign(globalThis, {
  DragEvent: globalThis.DragEvent ?? class extends Event {},
  matchMedia: globalThis.matchMedia ?? noMedia,
  requestIdleCallback: globalThis.requestIdleCallback ?? ((callback: () => void) => setTimeout(callback))
});
HTMLCanvasElement.prototype.getContext = () => null;
