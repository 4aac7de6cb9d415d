package dev.ablate.model;

import dev.ablate.code.InputException;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * How many tokens a model takes. The configuration may say too much, as it does where the first
 * token is not at position 0, or nothing; then it is found by trying.
 *
 * @param network runs the network on a row of tokens, and fails with an {@link InputException}
 * @param declared what the configuration says
 */
record TokenLimit(Consumer<int[]> network, int declared) {
  /** Rows longer than this are costly, and models that take them count positions from 0. */
  private static final int LONGEST_TRIED = 8192;

  /**
   * Looks at the length of a text.
   *
   * @param model its name
   * @throws InputException if the text is longer than the configuration allows
   */
  void require(String model, int[] ids) {
    if (ids.length > declared) {
      int taken = declared <= LONGEST_TRIED && !runs(ids, declared) ? longest(ids, declared) : 0;
      throw tooLong(model, ids.length, taken == 0 ? declared : taken);
    }
  }

  /**
   * Does something with a text that the network reads.
   *
   * @throws InputException if the network fails on it; the message says so if it is too long
   */
  <T> T during(String model, int[] ids, Supplier<T> work) {
    try {
      return work.get();
    } catch (InputException e) {
      int taken =
          ids.length > LONGEST_TRIED || runs(ids, ids.length) ? 0 : longest(ids, ids.length);
      throw taken == 0 ? e : tooLong(model, ids.length, taken);
    }
  }

  private static InputException tooLong(String model, int tokens, int taken) {
    return new InputException(
        "the text has "
            + tokens
            + " tokens, special ones included, but the model "
            + model
            + " takes at most "
            + taken
            + "; shorten it, or explain its parts one by one");
  }

  /** The longest row that runs where one of a given length does not. */
  private int longest(int[] ids, int fails) {
    int running = 0;
    int failing = fails;
    while (failing - running > 1) {
      int middle = (running + failing) >>> 1;
      if (runs(ids, middle)) {
        running = middle;
      } else {
        failing = middle;
      }
    }
    return running;
  }

  /** A row of one token only, so that nothing but its length can fail. */
  private boolean runs(int[] ids, int length) {
    int[] row = new int[length];
    Arrays.fill(row, ids[0]);
    try {
      network.accept(row);
      return true;
    } catch (InputException e) {
      return false;
    }
  }
}
