package dev.ablate.mask;

/** Masks that must not be drawn again, and how many each size has. */
final class KnownMasks {
  /** Up to here all masks can be numbered by an int. */
  static final int LISTABLE = 30;

  private final int features;
  private final MaskTable table;
  private final long[] sizes;

  private KnownMasks(int features) {
    this.features = features;
    this.table = new MaskTable(Masks.words(features));
    this.sizes = new long[features + 1];
  }

  /** Some masks. */
  static KnownMasks of(int features, Masks seen) {
    KnownMasks known = new KnownMasks(features);
    if (seen != null) {
      for (int r = 0; r < seen.count(); r++) {
        known.add(seen.hostWords(), r * seen.words());
      }
    }
    return known;
  }

  int features() {
    return features;
  }

  /** How many masks there are that are not known. */
  long left() {
    return features <= LISTABLE ? (1L << features) - table.count() : Long.MAX_VALUE;
  }

  boolean has(long[] from, int at) {
    return table.find(from, at) >= 0;
  }

  /** Adds the mask that begins at {@code at}; false where it was known. */
  boolean add(long[] from, int at) {
    int before = table.count();
    if (table.add(from, at) < before) {
      return false;
    }
    int size = 0;
    for (int w = at; w < at + Masks.words(features); w++) {
      size += Long.bitCount(from[w]);
    }
    sizes[size]++;
    return true;
  }

  /** How many known masks keep so many features. */
  long ofSize(int size) {
    return sizes[size];
  }
}
