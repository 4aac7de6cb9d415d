package dev.ablate.model;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Scores;
import dev.ablate.backend.Tokens;
import java.util.List;

/**
 * A network that reads its inputs in the memory of a backend and leaves its outputs there. Runs go
 * one after another into a stream of commands of the network's own; nothing here waits for them but
 * {@link #prefix} and {@link #close}. One thread at a time may use it.
 */
public interface ResidentNetwork extends AutoCloseable {
  /** In whose memory it works. */
  Backend backend();

  /** What it takes and gives. */
  Layout layout();

  /** Of what a network gives its numbers. */
  enum Per {
    /** Of each row. */
    ROW,
    /** Of each position of each row. */
    POSITION,
    /** Of each position that is asked about: logits of the vocabulary. */
    ASKED
  }

  /** Which rows may share a run, so that each has the scores that it has alone. */
  enum Sharing {
    /** All, the short ones padded. */
    PADDED,
    /** Those of one length. */
    EQUAL_LENGTHS,
    /** None. */
    ALONE
  }

  /**
   * What a network takes and gives.
   *
   * @param ids of the token numbers, {@link Element#I32} or {@link Element#U64} for int64
   * @param attention of the attention mask; null if it takes none
   * @param positions of the places; null if it takes none
   * @param extras what else a row has, such as scales of its components; may be empty
   * @param number what it gives
   * @param per of what
   * @param count how many numbers each
   * @param pool how the vector of a text is made of those of its positions; null but for {@link
   *     Per#POSITION}
   * @param fixedRows rows that every run must have, 0 where a run decides
   * @param fixedLength tokens that every row must have, 0 where a run decides
   * @param sharing which rows may share a run
   * @param filler what stands behind the tokens of short rows
   * @param whole whether a row must run with its last token, because all tokens decide what one
   *     gets, also those behind it
   * @param takesPrefix whether rows may share tokens in front of them
   */
  record Layout(
      Element ids,
      Element attention,
      Element positions,
      List<Extra> extras,
      Scores.Number number,
      Per per,
      int count,
      Scores.Pool pool,
      int fixedRows,
      int fixedLength,
      Sharing sharing,
      int filler,
      boolean whole,
      boolean takesPrefix) {}

  /**
   * An input besides tokens.
   *
   * @param name as the graph has it
   * @param number what its numbers are
   * @param count how many a row has
   */
  record Extra(String name, Scores.Number number, int count) {}

  /** Memory of the inputs and outputs of one run at a time. */
  interface Slot extends AutoCloseable {
    /** {@code (rows, width)}. */
    Buffer ids();

    /** {@code (rows, past + width)}; null if there is none. */
    Buffer attention();

    /** {@code (rows, width)}; null if there is none. */
    Buffer positions();

    /** U64 (int64), the places that are asked about; null but for {@link Per#ASKED}. */
    Buffer places();

    /**
     * U64 (int64), room for the tokens that are asked about at those places, which the network does
     * not read; null but for {@link Per#ASKED}.
     */
    Buffer targets();

    /** U8, {@code (rows, count)} numbers of the extra input of that number in the layout. */
    Buffer extra(int number);

    /** U8, what the network gives. */
    Buffer scores();

    /** The tensors of a batch of some shape in this memory. */
    default Tokens.Batch batch(int width, int past, int filler) {
      return new Tokens.Batch(ids(), attention(), positions(), width, past, filler);
    }

    /** What kernels were told so far is what the next run in this memory waits for. */
    void filled();

    /** What kernels are told from now on waits for the last run in this memory. */
    void join();

    @Override
    void close();
  }

  /** Tokens in front of rows, computed once. */
  interface Prefix extends AutoCloseable {
    /** How many tokens. */
    int length();

    @Override
    void close();
  }

  /**
   * Memory for runs of limited size.
   *
   * @param rows most rows, at least as many as every run must have
   * @param positions most positions of all rows together, shared tokens in front included
   * @param asked most places that are asked about; 0 but for {@link Per#ASKED}
   * @throws dev.ablate.backend.kernel.OutOfDeviceMemoryException if there is not so much left
   */
  Slot slot(int rows, int positions, int asked);

  /**
   * Computes what rows share.
   *
   * @param tokens at least one
   * @return null where rows behind them would not be what they are whole, so that each row must run
   *     with them
   * @throws dev.ablate.backend.kernel.OutOfDeviceMemoryException if there is not so much left
   * @throws dev.ablate.code.InputException if the network fails on them
   */
  Prefix prefix(int[] tokens);

  /**
   * Gives a run to the network's stream.
   *
   * @param slot whose inputs were filled
   * @param prefix tokens in front of every row; null for none
   * @param asked how many places are asked about; 0 but for {@link Per#ASKED}
   * @throws dev.ablate.backend.kernel.OutOfDeviceMemoryException if the network lacks memory for it
   * @throws dev.ablate.code.InputException if the network fails on it
   */
  void run(Slot slot, Prefix prefix, int rows, int width, int asked);

  /** Waits for what was given and frees what is its own. */
  @Override
  void close();
}
