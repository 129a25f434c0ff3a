/** Indirect arguments of a level, as root and grow raise them: each lane at least to what it needs. */
import type { ArgumentPlaces } from "../records.ts";

/** What a lane needs at a level, workgroups. */
export interface Needs {
  readonly buildBlocks: number;
  readonly nodes: number;
  readonly rowBlocks: number;
}

export function raiseArguments(
  args: Uint32Array,
  places: ArgumentPlaces,
  level: number,
  { buildBlocks, nodes, rowBlocks }: Needs,
): void {
  const raise = (bytes: number, direction: number, count: number): void => {
    const at = bytes / 4 + direction;
    args[at] = Math.max(args[at], count);
  };
  for (let chunk = 0; chunk < places.chunks; chunk++) {
    raise(places.histogram(level, chunk), 1, buildBlocks);
    raise(places.private(level, chunk), 1, buildBlocks);
    raise(places.search(level, chunk), 1, nodes);
  }
  raise(places.choose(level), 0, nodes);
  raise(places.partition(level), 0, rowBlocks);
}
