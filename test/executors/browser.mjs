// The far side of chromium.ts, for the page and for its worker.

/** Runs the entry here; what it returned, as JSON. */
export async function run(input) {
  const { main } = await import("/entry.mjs");
  return JSON.stringify(await main(navigator.gpu, input, load));
}

/** Runs the entry in a worker, which is this file again. */
export function runInWorker(input) {
  const worker = new Worker("/browser.mjs", { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { result, error } }) =>
      error === undefined ? resolve(result) : reject(new Error(error));
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(input);
  });
}

async function load(path) {
  const response = await fetch(`/files/${encodeURIComponent(path)}`);
  if (!response.ok) throw new Error(`${path} is not among the files of this run`);
  return new Uint8Array(await response.arrayBuffer());
}

if (typeof document === "undefined") {
  self.onmessage = ({ data }) =>
    run(data).then(
      (result) => self.postMessage({ result }),
      (error) => self.postMessage({ error: error.stack ?? String(error) }),
    );
}
