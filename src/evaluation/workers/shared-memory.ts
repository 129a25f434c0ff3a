/** Values in memory that all workers see, so that each need not have a copy of its own. */

/**
 * The value (plain objects, arrays, typed arrays) with every typed array copied to shared memory, each once however often it occurs. Of a
 * view only its own part is copied. The value itself where there is no shared memory: workers get copies then.
 */
export function inSharedMemory<T>(value: T): T {
  if (typeof SharedArrayBuffer === "undefined") return value;
  const copies = new Map<unknown, unknown>();
  const copyOf = (one: unknown): unknown => {
    if (typeof one !== "object" || one === null) return one;
    const known = copies.get(one);
    if (known !== undefined) return known;
    const copy = copied(one, copyOf);
    copies.set(one, copy);
    return copy;
  };
  return copyOf(value) as T;
}

function copied(one: object, copyOf: (one: unknown) => unknown): unknown {
  if (ArrayBuffer.isView(one) && !(one instanceof DataView)) {
    const TypedArray = one.constructor as new (buffer: SharedArrayBuffer) => Uint8Array;
    const copy = new TypedArray(new SharedArrayBuffer(one.byteLength));
    copy.set(one as Uint8Array);
    return copy;
  }
  if (Array.isArray(one)) return one.map(copyOf);
  if (Object.getPrototypeOf(one) !== Object.prototype) return one;
  return Object.fromEntries(Object.entries(one).map(([name, part]) => [name, copyOf(part)]));
}
