/** The order of values, fast for long columns. */

/** Below this a comparison sort is faster than the passes over counts. */
const SMALL = 4096;

/** Indices that put values in ascending order, ties in order of index; -0 equals 0, NaN comes last. */
export function argsort(values: Float32Array | Float64Array): Uint32Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i);
  return values.length < SMALL ? order.sort(comparison(values)) : radixSort(order, values);
}

function comparison(values: ArrayLike<number>): (a: number, b: number) => number {
  return (a, b) => {
    const [x, y] = [values[a], values[b]];
    if (x < y) return -1;
    if (x > y) return 1;
    return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
  };
}

/** Least significant digit first, 16 bits a pass. */
function radixSort(order: Uint32Array, values: Float32Array | Float64Array): Uint32Array {
  const words = values instanceof Float32Array ? 1 : 2;
  const bits = sortableBits(values, words);
  let from = order;
  let to: Uint32Array = new Uint32Array(order.length);
  const starts = new Uint32Array(0x10000);
  for (let pass = 0; pass < 2 * words; pass++) {
    const word = pass >> 1;
    const shift = 16 * (pass & 1);
    const digitOf = (i: number): number => (bits[words * i + word] >>> shift) & 0xffff;
    starts.fill(0);
    for (let i = 0; i < order.length; i++) starts[digitOf(i)]++;
    if (starts[digitOf(0)] === order.length) continue; // all share this digit
    let start = 0;
    for (let digit = 0; digit < starts.length; digit++) {
      const count = starts[digit];
      starts[digit] = start;
      start += count;
    }
    for (let i = 0; i < from.length; i++) to[starts[digitOf(from[i])]++] = from[i];
    [from, to] = [to, from];
  }
  return from;
}

/** Unsigned integers, low word first, that sort as the values do. */
function sortableBits(values: Float32Array | Float64Array, words: number): Uint32Array {
  const plain = values.slice();
  for (let i = 0; i < plain.length; i++) plain[i] += 0; // -0 becomes 0
  const bits = new Uint32Array(plain.buffer);
  for (let i = 0; i < plain.length; i++) {
    const top = words * (i + 1) - 1;
    if (Number.isNaN(plain[i])) bits.fill(0xffffffff, words * i, top + 1);
    else if (bits[top] >>> 31 === 0) bits[top] |= 0x80000000;
    else for (let word = words * i; word <= top; word++) bits[word] = ~bits[word];
  }
  return bits;
}
