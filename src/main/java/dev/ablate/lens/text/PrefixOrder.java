package dev.ablate.lens.text;

import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/**
 * Rows of tokens in the order in which a walk through their trie comes to them: each stands beside
 * the one with which it shares the most at the front. Whoever remembers the row before computes
 * every distinct prefix once, as many tokens as the trie has nodes.
 *
 * @param order the rows, in the order of the walk
 * @param template tokens at the front of every row that no mask hides; they are in no other count
 * @param tokens those of all rows, behind the template
 * @param computed those that are left where the row before is remembered: nodes of the trie
 */
public record PrefixOrder(int[] order, int template, long tokens, long computed) {
  /**
   * The order of some rows. They are read token by token, as far as two of them are alike: all of
   * them at once may need too much room.
   *
   * @param rows how many
   * @param template how many tokens at the front of every row are the same and never hidden
   * @param reader begins to read a row: gives its tokens one by one, then a number below 0
   */
  public static PrefixOrder of(int rows, int template, IntFunction<IntSupplier> reader) {
    int[] order =
        IntStream.range(0, rows)
            .boxed()
            .sorted((one, other) -> compare(reader.apply(one), reader.apply(other)))
            .mapToInt(Integer::intValue)
            .toArray();
    long tokens = 0;
    long computed = 0;
    for (int i = 0; i < rows; i++) {
      int length = length(reader.apply(order[i]));
      int known = i == 0 ? template : shared(reader.apply(order[i - 1]), reader.apply(order[i]));
      tokens += length - template;
      computed += length - known;
    }
    return new PrefixOrder(order, template, tokens, computed);
  }

  private static int length(IntSupplier row) {
    int length = 0;
    while (row.getAsInt() >= 0) {
      length++;
    }
    return length;
  }

  private static int shared(IntSupplier one, IntSupplier other) {
    int count = 0;
    int token = one.getAsInt();
    while (token >= 0 && token == other.getAsInt()) {
      count++;
      token = one.getAsInt();
    }
    return count;
  }

  /** The end of a row comes before any token. */
  private static int compare(IntSupplier one, IntSupplier other) {
    int a = one.getAsInt();
    int b = other.getAsInt();
    while (a == b && a >= 0) {
      a = one.getAsInt();
      b = other.getAsInt();
    }
    return Integer.compare(a, b);
  }
}
