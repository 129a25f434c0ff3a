/** A binned matrix on the device: its bytes, cut into chunks. */
import { type BinnedMatrix, TILE_CELLS } from "../numerics/matrix.ts";
import { breather } from "./breathe.ts";
import type { GpuBuffer } from "./buffers.ts";
import type { Gpu } from "./gpu.ts";
import type { ChunkPlan } from "./matrix-chunks.ts";

/** Bytes written at a time: copying them holds the thread. */
const PIECE = 2 ** 23;

/** Uploads the matrix: (tile, row) of 32 bytes a chunk, as it lies in memory. The buffers are the caller's to destroy. */
export async function uploadMatrix(
  gpu: Gpu,
  matrix: BinnedMatrix,
  { ranges, chunks }: ChunkPlan,
): Promise<GpuBuffer[]> {
  const breath = breather();
  const buffers: GpuBuffer[] = [];
  for (const [index, chunk] of chunks.entries()) {
    const { firstTile, tiles } = ranges[chunk.range];
    const tileBytes = chunk.rows * TILE_CELLS;
    const buffer = gpu.buffer(`matrix, chunk ${index}`, Math.max(4, tiles * tileBytes), "storage");
    buffers.push(buffer);
    for (let tile = 0; tile < tiles; tile++) {
      const bytes = matrix.tiles[firstTile + tile];
      const first = chunk.firstRow * TILE_CELLS;
      for (let at = 0; at < tileBytes; at += PIECE) {
        const end = Math.min(tileBytes, at + PIECE);
        gpu.write(buffer, tile * tileBytes + at, bytes.subarray(first + at, first + end));
        await breath();
      }
    }
  }
  return buffers;
}
