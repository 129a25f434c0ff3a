/** Parquet's run-length and bit-packed hybrid, the form of levels and dictionary indices. */

/**
 * Decodes runs of `width`-bit values (0 < width <= 32) until `out` is full.
 * @throws Error where the bytes end too early; no run can write past `out`.
 */
export function readHybrid(bytes: Uint8Array, width: number, out: Uint8Array | Uint32Array): void {
  const count = out.length;
  const valueBytes = (width + 7) >> 3;
  let at = 0;
  let filled = 0;
  while (filled < count) {
    let header = 0;
    for (let shift = 0;; shift += 7) {
      if (at >= bytes.length || shift > 28) throw new Error(`runs end after ${filled} of ${count} values`);
      const byte = bytes[at++];
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const length = Math.floor(header / 2);
    if (header % 2 === 0) {
      if (at + valueBytes > bytes.length) throw new Error(`runs end after ${filled} of ${count} values`);
      let value = 0;
      for (let i = 0; i < valueBytes; i++) value += bytes[at++] * 2 ** (8 * i);
      const end = Math.min(count, filled + length);
      out.fill(value, filled, end);
      filled = end;
    } else {
      const take = Math.min(count - filled, length * 8);
      if (at + Math.ceil((take * width) / 8) > bytes.length) {
        throw new Error(`runs end after ${filled} of ${count} values`);
      }
      unpackBits(bytes, at, width, out, filled, take);
      at += length * width;
      filled += take;
    }
  }
}

function unpackBits(
  bytes: Uint8Array,
  start: number,
  width: number,
  out: Uint8Array | Uint32Array,
  offset: number,
  count: number,
): void {
  let at = start;
  let held = 0;
  let bits = 0;
  if (width <= 24) {
    const mask = (1 << width) - 1;
    for (let i = 0; i < count; i++) {
      while (bits < width) {
        held |= bytes[at++] << bits;
        bits += 8;
      }
      out[offset + i] = held & mask;
      held >>>= width;
      bits -= width;
    }
    return;
  }
  const range = 2 ** width;
  for (let i = 0; i < count; i++) {
    while (bits < width) {
      held += bytes[at++] * 2 ** bits;
      bits += 8;
    }
    out[offset + i] = held % range;
    held = Math.floor(held / range);
    bits -= width;
  }
}
