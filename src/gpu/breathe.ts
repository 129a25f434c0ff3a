/** Host work in slices, so that a page whose thread trains still answers. */

/** How long a thread is held before others get a turn, ms. */
const SLICE = 12;

/** Gives the event loop a turn now and then: `await breath()` between pieces of work. */
export function breather(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE) return;
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });
    since = performance.now();
  };
}
