package dev.ablate.train;

import java.util.Arrays;

/** The kept rows of a design matrix, block by block; blocks stay while there is room for them. */
final class KeptRows {
  /** Most numbers of the blocks that stay: 32 MiB. */
  private static final int MOST = 1 << 22;

  private final DesignMatrix x;
  private final KeptBlock[] blocks;
  private final int[] loaded;
  private int[] kept;

  KeptRows(DesignMatrix x) {
    this.x = x;
    int needed = Math.max(1, (x.rows.length + KeptBlock.SIZE - 1) / KeptBlock.SIZE);
    int room = Math.max(1, MOST / (x.width() * KeptBlock.SIZE));
    this.blocks = new KeptBlock[Math.min(needed, room)];
    this.loaded = new int[blocks.length];
    Arrays.setAll(blocks, b -> new KeptBlock(x.width()));
  }

  /** Takes other rows, ascending. */
  void keep(int[] rows) {
    kept = rows;
    Arrays.fill(loaded, -1);
  }

  /** How many blocks the kept rows fill. */
  int count() {
    return (kept.length + KeptBlock.SIZE - 1) / KeptBlock.SIZE;
  }

  /** A block, until the next one is asked for. */
  KeptBlock block(int number) {
    int place = number % blocks.length;
    if (loaded[place] != number) {
      blocks[place].load(x, kept, number * KeptBlock.SIZE);
      loaded[place] = number;
    }
    return blocks[place];
  }

  /** The number of a row of the matrix by its place among the kept ones. */
  int row(int place) {
    return kept[place];
  }
}
