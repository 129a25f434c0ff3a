// Stable partition of a node's rows: those that go left stay in front, in order. `sides` says for each value of the split cell's byte
// whether it goes right; the bytes of neighbouring rows lie 2^shift apart.

/** Returns the number of rows that go left. rows u32 and gh i64 are rewritten in place; `spare` arrays take the right rows meanwhile. */
export function partition(
  start: u32,
  count: u32,
  rows: usize,
  gh: usize,
  spareRows: usize,
  spareGh: usize,
  bytes: usize,
  shift: usize,
  sides: usize,
): u32 {
  const rowsAt = rows + ((<usize> start) << 2);
  const ghAt = gh + ((<usize> start) << 3);
  const spareRowsAt = spareRows + ((<usize> start) << 2);
  const spareGhAt = spareGh + ((<usize> start) << 3);
  let left: usize = 0;
  let right: usize = 0;
  for (let i: usize = 0; i < <usize> count; i++) {
    const row = load<u32>(rowsAt + (i << 2));
    const v = load<i64>(ghAt + (i << 3));
    const goesRight = <usize> load<u8>(sides + <usize> load<u8>(bytes + ((<usize> row) << shift)));
    // Both sides are written, one is kept: cheaper than a branch that cannot be predicted.
    store<u32>(rowsAt + (left << 2), row);
    store<i64>(ghAt + (left << 3), v);
    store<u32>(spareRowsAt + (right << 2), row);
    store<i64>(spareGhAt + (right << 3), v);
    left += 1 - goesRight;
    right += goesRight;
  }
  memory.copy(rowsAt + (left << 2), spareRowsAt, right << 2);
  memory.copy(ghAt + (left << 3), spareGhAt, right << 3);
  return <u32> left;
}

/** The same for rows without gradients: `rows` alone. */
export function partitionIdle(
  start: u32,
  count: u32,
  rows: usize,
  spareRows: usize,
  bytes: usize,
  shift: usize,
  sides: usize,
): u32 {
  const rowsAt = rows + ((<usize> start) << 2);
  const spareAt = spareRows + ((<usize> start) << 2);
  let left: usize = 0;
  let right: usize = 0;
  for (let i: usize = 0; i < <usize> count; i++) {
    const row = load<u32>(rowsAt + (i << 2));
    const goesRight = <usize> load<u8>(sides + <usize> load<u8>(bytes + ((<usize> row) << shift)));
    store<u32>(rowsAt + (left << 2), row);
    store<u32>(spareAt + (right << 2), row);
    left += 1 - goesRight;
    right += goesRight;
  }
  memory.copy(rowsAt + (left << 2), spareAt, right << 2);
  return <u32> left;
}
