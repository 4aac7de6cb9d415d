package dev.ablate.lens.text;

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

  /** Writes the ids under a packed mask that starts at {@code words[from]} to {@code out[at]}. */
  void fill(long[] words, int from, int[] out, int at) {
    int to = at;
    for (int t = 0; t < ids.length; t++) {
      if (stays(words, from, owners[t])) {
        out[to++] = ids[t];
      } else {
        System.arraycopy(substitutes[t], 0, out, to, substitutes[t].length);
        to += substitutes[t].length;
      }
    }
  }

  /** Most tokens under any mask of so many features. */
  int longest(int features) {
    int[] more = new int[features];
    int length = ids.length;
    for (int t = 0; t < ids.length; t++) {
      if (owners[t] != Features.NOBODY) {
        more[owners[t]] += substitutes[t].length - 1;
      }
    }
    for (int f = 0; f < features; f++) {
      length += Math.max(0, more[f]);
    }
    return length;
  }

  private static boolean stays(long[] words, int from, int owner) {
    return owner == Features.NOBODY || (words[from + (owner >>> 6)] >>> owner & 1) != 0;
  }
}
