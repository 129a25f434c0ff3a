/** Sorting of f32 values by their bits: several times faster than a comparison sort, and total. */

/** Ascending copy of the values that are not NaN; -0 becomes 0. */
export function sortedFloats(values: Float32Array): Float32Array {
  let keys = new Uint32Array(values.length);
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i] + 0;
    if (x !== x) continue;
    float[0] = x;
    // Order-preserving key: negative numbers have all bits flipped, others the sign bit set.
    keys[count++] = bits[0] & 0x80000000 ? ~bits[0] : bits[0] | 0x80000000;
  }
  keys = radixSort(keys.subarray(0, count));
  const sorted = new Float32Array(count);
  const out = new Uint32Array(sorted.buffer);
  for (let i = 0; i < count; i++) out[i] = keys[i] & 0x80000000 ? keys[i] & 0x7fffffff : ~keys[i];
  return sorted;
}

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** Sorts u32 keys ascending; the argument's memory is used as work space. */
function radixSort(keys: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  let from = keys;
  let to = new Uint32Array(keys.length);
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    const starts = new Uint32Array(DIGITS);
    for (let i = 0; i < from.length; i++) starts[(from[i] >>> shift) & (DIGITS - 1)]++;
    let sum = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const count = starts[digit];
      starts[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < from.length; i++) to[starts[(from[i] >>> shift) & (DIGITS - 1)]++] = from[i];
    [from, to] = [to, from];
  }
  return from;
}
