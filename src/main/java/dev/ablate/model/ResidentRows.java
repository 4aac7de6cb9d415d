package dev.ablate.model;

import dev.ablate.backend.Tokens;

/**
 * Rows that somebody asks a network in a backend's memory about, the short ones first. One thread
 * at a time calls, not always the one that asks.
 */
public interface ResidentRows {
  /** How many rows. */
  int count();

  /** Tokens of a row, without those of {@link #prefix}; no row has fewer than the one before. */
  int length(int row);

  /** Tokens in front of every row; may be empty. */
  int[] prefix();

  /** Places of each row that are asked about where rows have so many positions. */
  int asked(int width);

  /**
   * Rows in a batch.
   *
   * @param slot where the batch is
   * @param batch its tensors
   * @param first the first of the rows
   * @param count how many
   * @param at the place of the first in the batch
   * @param places how many places of the batch are theirs; those behind them repeat the first row
   * @param from the first of the places that are asked about
   */
  record Part(
      ResidentNetwork.Slot slot,
      Tokens.Batch batch,
      int first,
      int count,
      int at,
      int places,
      int from) {
    /** Behind the last row. */
    public int end() {
      return first + count;
    }
  }

  /** Has kernels write rows, and the places that are asked about, into a batch. */
  void fill(Part part);

  /** Has kernels make values of what the network gave. */
  void take(Part part);
}
