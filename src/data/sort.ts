/** Sorting of f32 values by their bits: several times faster than a comparison sort, and total. */

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** Sorts columns of up to a given length, over and over in the same memory. */
export class FloatSorter {
  readonly #keys: Uint32Array;
  readonly #spare: Uint32Array;
  readonly #starts = new Uint32Array(DIGITS);

  constructor(capacity: number) {
    this.#keys = new Uint32Array(capacity);
    this.#spare = new Uint32Array(capacity);
  }

  /** The values that are not NaN, ascending, -0 as 0; valid until the next call. */
  sort(values: Float32Array): Float32Array {
    const keys = this.#keys;
    const floats = new Float32Array(keys.buffer);
    let count = 0;
    for (let i = 0; i < values.length; i++) {
      const x = values[i] + 0;
      if (x !== x) continue;
      floats[count] = x;
      // Order-preserving key: negative numbers have all bits flipped, others the sign bit set.
      const bits = keys[count];
      keys[count++] = bits & 0x80000000 ? ~bits : bits | 0x80000000;
    }
    const sorted = this.#radixSort(count);
    for (let i = 0; i < count; i++) {
      const key = sorted[i];
      sorted[i] = key & 0x80000000 ? key & 0x7fffffff : ~key;
    }
    return new Float32Array(sorted.buffer, 0, count);
  }

  #radixSort(count: number): Uint32Array {
    let [from, to] = [this.#keys, this.#spare];
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      const starts = this.#starts.fill(0);
      for (let i = 0; i < count; i++) starts[(from[i] >>> shift) & (DIGITS - 1)]++;
      let sum = 0;
      for (let digit = 0; digit < DIGITS; digit++) {
        const own = starts[digit];
        starts[digit] = sum;
        sum += own;
      }
      for (let i = 0; i < count; i++) to[starts[(from[i] >>> shift) & (DIGITS - 1)]++] = from[i];
      [from, to] = [to, from];
    }
    return from;
  }
}
