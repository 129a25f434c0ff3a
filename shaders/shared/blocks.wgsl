// Which rows of which node a workgroup of sides and scatter takes. The shader has frame, state and nodes.

struct NodeBlock {
  // Whether there is such a block; its first row in the lane's list; rows, none where the node is not split.
  inside: bool,
  first: u32,
  rows: u32,
  // Place of the node in nodes; its id in the tree; the block of the lane that its first rows are in.
  node: u32,
  id: u32,
  first_block: u32,
}

fn node_block(lane: u32, block: u32) -> NodeBlock {
  let s = lane * STATE_WORDS;
  if (block >= state[s + STATE_BLOCKS + (frame.level & 1u)]) {
    return NodeBlock(false, 0u, 0u, 0u, 0u, 0u);
  }
  // The last node whose first block is not above this one.
  let base = ((frame.level & 1u) * frame.lanes + lane) * frame.max_width * NODE_WORDS;
  var low = 0u;
  var high = state[s + STATE_NODES + (frame.level & 1u)] - 1u;
  while (low < high) {
    let middle = (low + high + 1u) / 2u;
    if (nodes[base + middle * NODE_WORDS + NODE_FIRST_BLOCK] <= block) {
      low = middle;
    } else {
      high = middle - 1u;
    }
  }
  let node = base + low * NODE_WORDS;
  let first_block = nodes[node + NODE_FIRST_BLOCK];
  let skipped = (block - first_block) * ROW_BLOCK;
  let rows = min(ROW_BLOCK, nodes[node + NODE_COUNT] - skipped);
  let accepted = nodes[node + NODE_ACCEPTED];
  return NodeBlock(true, nodes[node + NODE_START] + skipped, rows * accepted, node, nodes[node + NODE_ID], first_block);
}
