/** A binned matrix on the device: its bytes, cut into chunks. */
import { type BinnedMatrix, TILE_CELLS } from "../numerics/matrix.ts";
import type { GpuBuffer } from "./buffers.ts";
import type { Gpu } from "./gpu.ts";
import type { ChunkPlan } from "./matrix-chunks.ts";

/** Uploads the matrix: (tile, row) of 32 bytes a chunk, as it lies in memory. The buffers are the caller's to destroy. */
export function uploadMatrix(gpu: Gpu, matrix: BinnedMatrix, { ranges, chunks }: ChunkPlan): GpuBuffer[] {
  return chunks.map((chunk, index) => {
    const { firstTile, tiles } = ranges[chunk.range];
    const tileBytes = chunk.rows * TILE_CELLS;
    const buffer = gpu.buffer(`matrix, chunk ${index}`, Math.max(4, tiles * tileBytes), "storage");
    for (let tile = 0; tile < tiles && tileBytes > 0; tile++) {
      const first = chunk.firstRow * TILE_CELLS;
      gpu.write(buffer, tile * tileBytes, matrix.tiles[firstTile + tile].subarray(first, first + tileBytes));
    }
    return buffer;
  });
}
