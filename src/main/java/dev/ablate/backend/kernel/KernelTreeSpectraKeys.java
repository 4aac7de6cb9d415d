package dev.ablate.backend.kernel;

import dev.ablate.backend.Sets;

/**
 * How the keys of {@code kernels/set_sums.cl} hold sets: forest, order and ascending features, from
 * the most significant bit of the first word on, so that ascending keys are forests in their order
 * and sets in the order of {@link Sets#compare}. Each word holds whole features in its low bits.
 */
final class KernelTreeSpectraKeys {
  private final int longest;
  private final int forestBits;
  private final int orderBits;
  private final int featureBits;
  private final int firstSlots;
  private final int slots;
  private final int[] bits;

  /**
   * The narrowest keys.
   *
   * @param forests number of forests
   * @param longest most features of a set, at least 1
   * @param largest largest feature
   */
  KernelTreeSpectraKeys(int forests, int longest, int largest) {
    this.longest = longest;
    this.orderBits = width(longest);
    this.featureBits = Math.max(1, width(largest));
    this.forestBits = width(forests - 1);
    int header = orderBits + forestBits;
    this.firstSlots = Math.min(longest, (Long.SIZE - header) / featureBits);
    this.slots = Long.SIZE / featureBits;
    int later = longest - firstSlots;
    this.bits = new int[1 + (later + slots - 1) / slots];
    bits[0] = header + firstSlots * featureBits;
    for (int w = 1; w < bits.length; w++) {
      bits[w] = inWord(w) * featureBits;
    }
  }

  private static int width(int most) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(most);
  }

  /** Features that a word has places for. */
  private int inWord(int w) {
    return w == 0 ? firstSlots : Math.min(slots, longest - firstSlots - (w - 1) * slots);
  }

  int words() {
    return bits.length;
  }

  int orderBits() {
    return orderBits;
  }

  int featureBits() {
    return featureBits;
  }

  int firstSlots() {
    return firstSlots;
  }

  int slots() {
    return slots;
  }

  /** Bits of each word that differ between keys. */
  int[] bits() {
    return bits.clone();
  }

  /** Bits that differ between the two words of {@code set_sums_ranks}: magnitudes have no sign. */
  int[] rankBits() {
    return new int[] {forestBits + 1, Long.SIZE - 1};
  }

  /** Bits of word 0 below the order. */
  int headerShift() {
    return firstSlots * featureBits;
  }

  /** Places for features. */
  int longest() {
    return longest;
  }
}
