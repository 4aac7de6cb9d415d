package dev.ablate.model;

import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentNetwork.Sharing;

/**
 * Chooses the rows of a batch: as many as there is room for, so that little is padded. The rows of
 * the first who is added decide the width.
 */
final class BatchPlan {
  /** Positions that no token stands on, of all. */
  private static final double MOST_PADDING = 0.1;

  private final Layout layout;
  private final BatchLimit limit;
  private final int past;
  private int width;
  private int rows;
  private long tokens;
  private long asked;

  /**
   * An empty batch.
   *
   * @param past tokens in front of every row
   */
  BatchPlan(Layout layout, BatchLimit limit, int past) {
    this.layout = layout;
    this.limit = limit;
    this.past = past;
  }

  /**
   * Adds rows.
   *
   * @param next the first of them
   * @return how many fit
   */
  int add(ResidentRows of, int next) {
    boolean first = rows == 0;
    int before = rows;
    for (int row = next; row < of.count() && fits(of, row, first); row++) {
      int length = of.length(row);
      if (first) {
        width = layout.fixedLength() > 0 ? layout.fixedLength() : Math.max(width, length);
        asked = (long) (rows + 1) * of.asked(width);
      } else {
        asked += of.asked(width);
      }
      tokens += length;
      rows++;
    }
    return rows - before;
  }

  /** One row is always taken: smaller batches there are none. */
  private boolean fits(ResidentRows of, int row, boolean first) {
    if (rows == 0) {
      return true;
    }
    int length = of.length(row);
    int wider = first && layout.fixedLength() == 0 ? Math.max(width, length) : width;
    long more = first ? (long) (rows + 1) * of.asked(wider) : asked + of.asked(wider);
    return length <= wider
        && layout.sharing() != Sharing.ALONE
        && (layout.fixedRows() == 0 || rows < layout.fixedRows())
        && (long) (rows + 1) * (past + wider) <= limit.positions()
        && more <= limit.asked()
        && isAlike(length, wider);
  }

  private boolean isAlike(int length, int wider) {
    if (layout.fixedLength() > 0 && layout.sharing() == Sharing.PADDED) {
      return true;
    }
    return layout.sharing() == Sharing.EQUAL_LENGTHS
        ? length == width && wider == width
        : tokens + length >= (1 - MOST_PADDING) * (rows + 1) * wider;
  }

  /** Positions of each row. */
  int width() {
    return width;
  }

  /** How many rows. */
  int rows() {
    return rows;
  }
}
