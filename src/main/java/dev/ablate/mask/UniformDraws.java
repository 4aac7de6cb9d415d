package dev.ablate.mask;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Sampling;
import dev.ablate.code.Philox;
import java.util.stream.IntStream;

/**
 * Uniform masks that are not known: the rows of a stream, perhaps shifted, without those that are.
 */
final class UniformDraws implements MaskDraws {
  /** From so many features on drawing the last masks takes long. */
  private static final int LISTED = 16;

  private static final int REST = 0x52455354;
  private static final int BATCH = 1024;

  private final Sampling sampling;
  private final KnownMasks known;
  private final long seed;
  private final UniformMasks.Use use;
  private final int batch;
  private final long[] shift;
  private long[] drawn = new long[0];
  private int at;
  private long row;
  private RemainingMasks rest;

  /**
   * The draws of a stream.
   *
   * @param sampling where uniform rows come from
   * @param about how many masks will be asked for
   */
  UniformDraws(Sampling sampling, KnownMasks known, long seed, UniformMasks.Use use, int about) {
    this(sampling, known, seed, use, about, new long[Masks.words(known.features())], 0);
  }

  /**
   * What rows differ by from the first one, beginning with the second.
   *
   * @param first the stream's first row
   */
  UniformDraws(
      Sampling sampling,
      KnownMasks known,
      long seed,
      UniformMasks.Use use,
      int about,
      long[] first) {
    this(sampling, known, seed, use, about, first, 1);
  }

  private UniformDraws(
      Sampling sampling,
      KnownMasks known,
      long seed,
      UniformMasks.Use use,
      int about,
      long[] shift,
      long row) {
    this.sampling = sampling;
    this.known = known;
    this.seed = seed;
    this.use = use;
    this.batch = Math.max(BATCH, about);
    this.shift = shift;
    this.row = row;
  }

  @Override
  public boolean next(long[] mask) {
    while (rest == null && known.left() > rare()) {
      if (at == drawn.length) {
        draw();
      }
      System.arraycopy(drawn, at, mask, 0, mask.length);
      at += mask.length;
      if (!known.has(mask, 0)) {
        return true;
      }
    }
    // Few of many are hard to draw.
    if (rest == null) {
      int[] every = IntStream.range(0, 1 << known.features()).toArray();
      rest = new RemainingMasks(every, known, Philox.stream(seed, REST + use.ordinal()));
    }
    return rest.next(mask);
  }

  private long rare() {
    boolean listed = known.features() >= LISTED && known.features() <= KnownMasks.LISTABLE;
    return listed ? (1L << known.features()) / 8 : 0;
  }

  private void draw() {
    try (Buffer rows = sampling.uniform(seed, use.ordinal(), row, batch, known.features())) {
      drawn = rows.toHost().words();
    }
    for (int w = 0; w < drawn.length; w++) {
      drawn[w] ^= shift[w % shift.length];
    }
    row += batch;
    at = 0;
  }
}
