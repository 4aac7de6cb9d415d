package dev.ablate.lens.text;

/**
 * The token ids of a text under masks.
 *
 * @param ids the ids of the whole text, one a token
 * @param owners the feature of each token, {@link Features#NOBODY} for tokens that always stay
 * @param substitute the id that stands for an ablated token, or {@link #REMOVED}
 */
record AblatedTokens(int[] ids, int[] owners, int substitute) {
  /** Ablated tokens are taken out. */
  static final int REMOVED = -1;

  /** How many tokens the text has under a packed mask that starts at {@code words[from]}. */
  int length(long[] words, int from) {
    if (substitute != REMOVED) {
      return ids.length;
    }
    int length = 0;
    for (int owner : owners) {
      length += stays(words, from, owner) ? 1 : 0;
    }
    return length;
  }

  /** Writes the ids under a packed mask that starts at {@code words[from]} to {@code out[at]}. */
  void fill(long[] words, int from, int[] out, int at) {
    int to = at;
    for (int t = 0; t < ids.length; t++) {
      if (stays(words, from, owners[t])) {
        out[to++] = ids[t];
      } else if (substitute != REMOVED) {
        out[to++] = substitute;
      }
    }
  }

  private static boolean stays(long[] words, int from, int owner) {
    return owner == Features.NOBODY || (words[from + (owner >>> 6)] >>> owner & 1) != 0;
  }
}
