package dev.ablate.lens.text;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Tokens;
import java.util.Arrays;
import java.util.function.IntSupplier;

/**
 * The token ids of a text under masks.
 *
 * @param ids the ids of the whole text, one a token
 * @param owners the feature of each token, {@link Features#NOBODY} for tokens that always stay
 * @param substitutes what stands for each token when it is ablated: any number of ids
 */
record AblatedTokens(int[] ids, int[] owners, int[][] substitutes) {
  /** How many tokens the text has under a packed mask that starts at {@code words[from]}. */
  int length(long[] words, int from) {
    int length = 0;
    for (int t = 0; t < ids.length; t++) {
      length += stays(words, from, owners[t]) ? 1 : substitutes[t].length;
    }
    return length;
  }

  /**
   * Writes the ids under a packed mask that starts at {@code words[from]} to {@code out[at]}.
   *
   * @return the place behind them
   */
  int fill(long[] words, int from, int[] out, int at) {
    int to = at;
    for (int t = 0; t < ids.length; t++) {
      if (stays(words, from, owners[t])) {
        out[to++] = ids[t];
      } else {
        System.arraycopy(substitutes[t], 0, out, to, substitutes[t].length);
        to += substitutes[t].length;
      }
    }
    return to;
  }

  /** No row has more tokens, whichever features a mask may hide. */
  int room() {
    int room = 0;
    for (int[] substitute : substitutes) {
      room += Math.max(1, substitute.length);
    }
    return room;
  }

  /** Most tokens under any mask of so many features. */
  int longest(int features) {
    return ids.length + Arrays.stream(growth(features)).filter(more -> more > 0).sum();
  }

  /** Fewest tokens under any mask of so many features. */
  int shortest(int features) {
    return ids.length + Arrays.stream(growth(features)).filter(more -> more < 0).sum();
  }

  /** How many tokens more there are when a feature is hidden. */
  private int[] growth(int features) {
    int[] more = new int[features];
    for (int t = 0; t < ids.length; t++) {
      if (owners[t] != Features.NOBODY) {
        more[owners[t]] += substitutes[t].length - 1;
      }
    }
    return more;
  }

  /** The tokens before the first that a mask may hide. */
  int[] shared() {
    int count = 0;
    while (count < ids.length && owners[count] == Features.NOBODY) {
      count++;
    }
    return Arrays.copyOf(ids, count);
  }

  /**
   * The same in the memory of a backend.
   *
   * @param skipped how many tokens at the front, which no mask hides, are left out
   * @param empty as {@link Tokens.Text} has it
   */
  Tokens.Text on(Backend backend, int features, int skipped, int empty) {
    int count = ids.length - skipped;
    int[] starts = new int[count + 1];
    for (int t = 0; t < count; t++) {
      starts[t + 1] = starts[t] + substitutes[skipped + t].length;
    }
    int[] all = Arrays.stream(substitutes).skip(skipped).flatMapToInt(Arrays::stream).toArray();
    return new Tokens.Text(
        backend.upload(HostBuffer.of(Arrays.copyOfRange(ids, skipped, ids.length))),
        backend.upload(HostBuffer.of(Arrays.copyOfRange(owners, skipped, ids.length))),
        backend.upload(HostBuffer.of(starts)),
        backend.upload(HostBuffer.of(all)),
        features,
        Math.max(1, longest(features) - skipped),
        empty);
  }

  /** The tokens under a packed mask that starts at {@code words[from]}. */
  int[] row(long[] words, int from) {
    int[] row = new int[length(words, from)];
    fill(words, from, row, 0);
    return row;
  }

  /**
   * Begins to read the tokens under a packed mask that starts at {@code words[from]}, one by one,
   * of a row that nobody makes; -1 at its end.
   */
  IntSupplier reader(long[] words, int from) {
    return new IntSupplier() {
      private int token;
      private int within;

      @Override
      public int getAsInt() {
        while (token < ids.length) {
          if (stays(words, from, owners[token])) {
            return ids[token++];
          }
          if (within < substitutes[token].length) {
            return substitutes[token][within++];
          }
          within = 0;
          token++;
        }
        return -1;
      }
    };
  }

  private static boolean stays(long[] words, int from, int owner) {
    return owner == Features.NOBODY || (words[from + (owner >>> 6)] >>> owner & 1) != 0;
  }
}
