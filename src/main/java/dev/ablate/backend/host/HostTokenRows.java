package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Tokens;
import java.util.Arrays;

/** The rows that masks leave of a text, made one at a time. */
final class HostTokenRows {
  /**
   * Odd, and 5 more than a multiple of 8, so that its powers are as many different ones as can be.
   */
  private static final long FACTOR = 0x9E3779B97F4A7C15L;

  private final int[] ids;
  private final int[] owners;
  private final int[] starts;
  private final int[] substitutes;
  private final int empty;
  private final int words;
  private final long[] masks;

  HostTokenRows(Tokens.Text text, Buffer masks) {
    this.ids = text.ids().toHost().ints();
    this.owners = text.owners().toHost().ints();
    this.starts = text.starts().toHost().ints();
    this.substitutes = text.substitutes().toHost().ints();
    this.empty = text.empty();
    this.words = (text.features() + 63) >>> 6;
    this.masks = masks.toHost().words();
  }

  /** Writes the row of a mask; returns how many tokens it has. */
  int write(int mask, int[] to) {
    int at = 0;
    for (int t = 0; t < ids.length; t++) {
      if (stays(mask, owners[t])) {
        to[at++] = ids[t];
      } else {
        for (int s = starts[t]; s < starts[t + 1]; s++) {
          to[at++] = substitutes[s];
        }
      }
    }
    if (at == 0 && empty >= 0) {
      to[at++] = empty;
    }
    return at;
  }

  private boolean stays(int mask, int owner) {
    return owner < 0 || (masks[mask * words + (owner >>> 6)] >>> owner & 1) != 0;
  }

  /** Whether two masks keep the same features, which leaves the same row. */
  boolean sameMask(int a, int b) {
    return Arrays.equals(masks, a * words, (a + 1) * words, masks, b * words, (b + 1) * words);
  }

  /**
   * The polynomial of the tokens in {@link #FACTOR}, in 64 bits, times the factor: the last tokens,
   * too, are to change the first bits.
   */
  static long hash(int[] row, int length) {
    long hash = 0;
    for (int i = 0; i < length; i++) {
      hash = (hash + Integer.toUnsignedLong(row[i])) * FACTOR;
    }
    return hash;
  }
}
