// Layouts that several kernels share.

// A column record (u32 words): column, cell in group, radix, bins, missing bin (or 0xffffffff), bin offset within the group.
export const COLUMN_WORDS: usize = 6;
