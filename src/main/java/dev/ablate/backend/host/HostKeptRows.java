package dev.ablate.backend.host;

import java.util.Arrays;

/** The kept rows of a design matrix, block by block; blocks stay while there is room for them. */
final class HostKeptRows {
  /** Most numbers of the blocks that stay: 32 MiB. */
  private static final int MOST = 1 << 22;

  private final HostDesignMatrix x;
  private final HostKeptBlock[] blocks;
  private final int[] loaded;
  private int[] kept;

  HostKeptRows(HostDesignMatrix x) {
    this.x = x;
    int needed = Math.max(1, (x.rows.length + HostKeptBlock.SIZE - 1) / HostKeptBlock.SIZE);
    int room = Math.max(1, MOST / (x.width() * HostKeptBlock.SIZE));
    this.blocks = new HostKeptBlock[Math.min(needed, room)];
    this.loaded = new int[blocks.length];
    Arrays.setAll(blocks, b -> new HostKeptBlock(x.width()));
  }

  /** Takes other rows, ascending. */
  void keep(int[] rows) {
    kept = rows;
    Arrays.fill(loaded, -1);
  }

  /** How many blocks the kept rows fill. */
  int count() {
    return (kept.length + HostKeptBlock.SIZE - 1) / HostKeptBlock.SIZE;
  }

  /** A block, until the next one is asked for. */
  HostKeptBlock block(int number) {
    int place = number % blocks.length;
    if (loaded[place] != number) {
      blocks[place].load(x, kept, number * HostKeptBlock.SIZE);
      loaded[place] = number;
    }
    return blocks[place];
  }

  /** The number of a row of the matrix by its place among the kept ones. */
  int row(int place) {
    return kept[place];
  }
}
