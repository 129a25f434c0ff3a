/** What goes wrong on a device: the first error, with its label, and the loss of the device. Nothing here can hang. */
import { SpliceboostError } from "../numerics/errors.ts";
import { messageOf } from "./adapter.ts";

/** Watches one device. */
export class Faults {
  /** Resolves with the reason when the device is gone; never rejects. */
  readonly lost: Promise<string>;
  readonly #device: GPUDevice;
  readonly #adapter: string;
  #first: SpliceboostError | null = null;
  #loss: SpliceboostError | null = null;
  readonly #scopes: Set<Promise<void>> = new Set();
  readonly #waiting: Set<(loss: SpliceboostError) => void> = new Set();

  constructor(device: GPUDevice, adapter: string) {
    this.#device = device;
    this.#adapter = adapter;
    this.lost = device.lost.then(({ reason, message }) => this.#lose(reason, message));
    // Without a listener Deno swallows errors.
    device.addEventListener("uncapturederror", (event) => {
      const { error } = event as GPUUncapturedErrorEvent;
      event.preventDefault();
      this.#keep(error, error.constructor.name === "GPUOutOfMemoryError", "a GPU operation");
    });
  }

  get isLost(): boolean {
    return this.#loss !== null;
  }

  /** Runs `act` so that its errors carry the name `what`; they show in `settle`. */
  guard<T>(what: string, act: () => T): T {
    const device = this.#device;
    device.pushErrorScope("out-of-memory");
    device.pushErrorScope("validation");
    try {
      return act();
    } finally {
      this.#pop(what, false);
      this.#pop(what, true);
    }
  }

  /** `promise`, or a rejection of kind "device" once the device is lost or it fails: some drivers leave it hanging then. */
  unlessLost<T>(what: string, promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#loss) reject(this.#loss);
      this.#waiting.add(reject);
      promise.then(resolve, async (cause) => {
        await this.#roundTrip();
        const text = `${what} failed on ${this.#adapter}: ${messageOf(cause)}`;
        reject(this.#loss ?? new SpliceboostError("device", text, { cause }));
      }).finally(() => this.#waiting.delete(reject));
    });
  }

  /** Throws the loss of the device or the first error that has arrived. */
  check(): void {
    if (this.#loss) throw this.#loss;
    if (this.#first) throw this.#first;
  }

  /** Throws if the device is gone. */
  checkLost(): void {
    if (this.#loss) throw this.#loss;
  }

  /** Waits for the errors of all that was called before, then throws as `check` does. */
  async settle(): Promise<void> {
    await this.unlessLost("waiting for errors", Promise.all(this.#scopes));
    // Uncaptured errors come as events, a task later.
    await turn();
    this.check();
  }

  /** Marks the device as gone before the driver says so. */
  destroyed(): void {
    this.#lose("destroyed", "it was closed");
  }

  /** Until the device has answered: Chrome rejects mappings before it tells of the loss that was the reason. */
  async #roundTrip(): Promise<void> {
    this.#device.pushErrorScope("validation");
    await Promise.race([this.lost, this.#device.popErrorScope().catch(() => null)]);
    await turn();
  }

  #pop(what: string, memory: boolean): void {
    const popped = this.#device.popErrorScope().then(
      (error) => error && this.#keep(error, memory, what),
      () => {}, // rejects once the device is lost
    ).then(() => void this.#scopes.delete(popped));
    this.#scopes.add(popped);
  }

  #keep(error: GPUError, memory: boolean, what: string): void {
    const text = error.message.trim().split("\n", memory ? 1 : undefined).join("\n") || "no reason given";
    this.#first ??= memory
      ? new SpliceboostError(
        "memory",
        `${what}: out of memory on ${this.#adapter}: ${text}; use fewer rows, bins or lanes, or the CPU engine`,
      )
      : new SpliceboostError("device", `${what}: an error on ${this.#adapter}: ${text}`);
  }

  #lose(reason: string, message: string): string {
    const text = message ? `${reason}: ${message}` : reason;
    if (!this.#loss) {
      this.#loss = new SpliceboostError("device", `the device is lost (${this.#adapter}; ${text})`);
      for (const reject of this.#waiting) reject(this.#loss);
      this.#waiting.clear();
    }
    return text;
  }
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
