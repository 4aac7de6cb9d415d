package dev.ablate.mask;

/**
 * Masks that may be more than memory holds, such as those of a file: they are read from the first
 * to the last, a block at a time, as often as they are needed.
 */
public interface MaskRows {
  /** Number of masks. */
  int count();

  /** Number of features. */
  int features();

  /**
   * Reads all masks.
   *
   * @param rows masks a block; the last block may have fewer
   * @param sink is given the blocks in order
   * @throws dev.ablate.code.InputException if they cannot be read
   */
  void blocks(int rows, Block sink);

  /**
   * All masks in memory.
   *
   * @throws dev.ablate.code.InputException if they cannot be read, or are more than Java may use
   */
  Masks all();

  /** Hears of blocks of masks. */
  @FunctionalInterface
  interface Block {
    /**
     * The next masks.
     *
     * @param first the number of the first of them
     * @param masks on the host; overwritten once this returns
     */
    void take(int first, Masks masks);
  }

  /** Masks that are in memory. */
  static MaskRows of(Masks masks) {
    return new MaskRows() {
      @Override
      public int count() {
        return masks.count();
      }

      @Override
      public int features() {
        return masks.features();
      }

      @Override
      public void blocks(int rows, Block sink) {
        for (int from = 0; from < count(); from += rows) {
          sink.take(from, masks.range(from, Math.min(count(), from + rows)));
        }
      }

      @Override
      public Masks all() {
        return masks;
      }
    };
  }
}
