/** Decompressors beyond those that hyparquet brings, loaded when first met. */
import type { Compressors } from "hyparquet";

/** Largest window that a frame of unstated size may ask for, as the zstd tool has it. */
const MAX_WINDOW = 2 ** 27;

let loaded: Compressors | undefined;

/** What a page of this codec needs; nothing is loaded for snappy and uncompressed pages. */
export async function codecs(codec: string): Promise<Compressors | undefined> {
  if (codec === "UNCOMPRESSED" || codec === "SNAPPY" || loaded) return loaded;
  const { compressors, decompressZstd } = await import("hyparquet-compressors");
  return loaded = {
    ...compressors,
    // Not given room to fill: the decoder would turn that room into a text to look at it.
    ZSTD: (input, length) => {
      const size = zstdMemory(input);
      if (size > Math.max(length, MAX_WINDOW)) {
        throw new Error(`a zstd frame of ${size} bytes in a page of ${length}`);
      }
      return decompressZstd(input);
    },
  };
}

/** Bytes that a zstd frame makes its decoder allocate (RFC 8878, 3.1.1.1): its content, else its window. */
export function zstdMemory(frame: Uint8Array): number {
  const descriptor = frame[4];
  const single = (descriptor >> 5) & 1;
  const sizeFlag = descriptor >> 6;
  let at = 6 - single + [0, 1, 2, 4][descriptor & 3];
  const sizeBytes = sizeFlag > 0 ? 1 << sizeFlag : single;
  if (sizeBytes === 0) {
    const base = 2 ** (10 + (frame[5] >> 3));
    return base + (base / 8) * (frame[5] & 7);
  }
  let size = sizeFlag === 1 ? 256 : 0;
  for (let i = 0; i < sizeBytes; i++) size += frame[at++] * 2 ** (8 * i);
  return size;
}
