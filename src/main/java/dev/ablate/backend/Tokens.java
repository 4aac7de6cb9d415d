package dev.ablate.backend;

/**
 * Rows of tokens that masks leave of a text, as networks take them. The same arguments give the
 * same numbers on every backend.
 */
public interface Tokens {
  /**
   * A text whose tokens masks may hide. A row has, token by token, the token itself where its
   * feature is kept, and what stands for it where not.
   *
   * @param ids I32 {@code (tokens)}
   * @param owners I32 {@code (tokens)} the feature of each; -1 for tokens that always stay
   * @param starts I32 {@code (tokens + 1)} where in {@code substitutes} begins what stands for each
   *     hidden token, and the end of the last
   * @param substitutes I32, any number of ids for each token
   * @param features number of features
   * @param longest most tokens of a row under any mask, at least 1
   * @param empty the token that is the row of a mask that leaves none; -1 if every mask leaves one
   */
  record Text(
      Buffer ids,
      Buffer owners,
      Buffer starts,
      Buffer substitutes,
      int features,
      int longest,
      int empty)
      implements AutoCloseable {
    /** Frees the buffers. */
    @Override
    public void close() {
      ids.close();
      owners.close();
      starts.close();
      substitutes.close();
    }
  }

  /**
   * The different rows that masks leave, short ones first; rows of a length are in the order of a
   * hash of their tokens, those of one hash in the order of their first masks.
   *
   * @param firsts I32 {@code (rows)} the first mask that leaves each row
   * @param lengths I32 {@code (rows)} tokens of each, ascending
   * @param rowOf I32 {@code (masks)} the row that each mask leaves
   * @param rowsOfLength {@code (longest + 1)} how many rows have so many tokens
   * @param masksOfLength {@code (longest + 1)} how many masks leave so many tokens
   */
  record Distinct(
      Buffer firsts, Buffer lengths, Buffer rowOf, int[] rowsOfLength, int[] masksOfLength)
      implements AutoCloseable {
    /** How many rows there are. */
    public int count() {
      return (int) firsts.length();
    }

    /** Frees the buffers. */
    @Override
    public void close() {
      firsts.close();
      lengths.close();
      rowOf.close();
    }
  }

  /**
   * The tensors of a batch.
   *
   * @param ids I32 or U64 {@code (rows, width)}, which is int32 or int64
   * @param attention the same {@code (rows, past + width)}: 1 for tokens, 0 behind them; null if
   *     the network has no such input
   * @param positions the same {@code (rows, width)}: places from {@code past} on; null if the
   *     network has no such input
   * @param width positions of a row
   * @param past tokens in front of every row that the network gets in another way
   * @param filler the id behind the tokens of short rows
   */
  record Batch(Buffer ids, Buffer attention, Buffer positions, int width, int past, int filler) {}

  /**
   * Finds the different rows that masks leave. Rows whose hashes are alike are compared token by
   * token, so that no two different rows count as one; of equal rows two may count as different
   * where a third has their hash. The hash is {@code sum of token_i f^(tokens - i)} for an odd
   * {@code f}, in 64 bits, of which a row's length leaves the first: it takes as many as {@code
   * longest} has.
   *
   * @param text in the memory of this backend, or on the host
   * @param masks U64 {@code (masks, ceil(features/64)) row-major}
   * @param count how many masks
   */
  Distinct distinct(Text text, Buffer masks, int count);

  /**
   * Writes rows into a batch.
   *
   * @param masks as {@link #distinct} was given
   * @param distinct what it found
   * @param first the first row
   * @param count how many of them
   * @param tail I32, tokens behind those of every row; may have none
   * @param batch receives them, in the memory of this backend; no row is longer than its width
   * @param at the place of the first in the batch
   * @param places how many places of the batch are written, at least {@code count}: those behind
   *     repeat the first row
   */
  void fill(
      Text text,
      Buffer masks,
      Distinct distinct,
      int first,
      int count,
      Buffer tail,
      Batch batch,
      int at,
      int places);

  /**
   * Where a network's head is to look, and for which tokens, behind the ends of rows.
   *
   * @param first the first of the rows
   * @param count how many of them
   * @param offsets I32 {@code (asked)} for each token that is asked about how many stand between
   *     the row's last token and it
   * @param tokens I32 {@code (asked)} those tokens
   * @param width positions of a row in the batch
   * @param at the place of the first row in the batch
   * @param places U64 (int64): receives {@code (count, asked)} numbers of the positions before
   *     those tokens, counted through all rows of the batch: {@code (at + r) width + length of r -
   *     1 + offset}
   * @param targets U64 (int64): receives {@code (count, asked)} tokens
   * @param from where the first goes in both
   */
  void ask(
      Distinct distinct,
      int first,
      int count,
      Buffer offsets,
      Buffer tokens,
      int width,
      int at,
      Buffer places,
      Buffer targets,
      long from);

  /**
   * The same for all tokens of rows but their first: {@code (count, width - 1)} places and targets.
   * Behind the last token of a row stands the row's first place with the token 0.
   *
   * @param batch where the rows are
   */
  void askOwn(
      Distinct distinct,
      int first,
      int count,
      Batch batch,
      int at,
      Buffer places,
      Buffer targets,
      long from);
}
