package dev.ablate.mask;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sampling;
import java.util.List;

/**
 * The masks of {@link Design.Paired}, made on the host. A mask and its complement together tell
 * terms of even and of odd order apart.
 */
public final class PairedMasks {
  private final KnownMasks known;
  private final long[] kept;
  private final int words;
  private int have;

  private PairedMasks(KnownMasks known, int wanted) {
    this.known = known;
    this.words = Masks.words(known.features());
    this.kept = new long[Math.multiplyExact(wanted, words)];
  }

  /**
   * Draws the masks of a design without those of {@code seen}, whose complements come alone. Where
   * fewer are left than asked for, all that are left come.
   *
   * @param sampling where uniform rows come from
   * @param design which masks
   * @param seen masks to leave out, or null
   */
  public static Masks draw(Sampling sampling, Design.Paired design, Masks seen) {
    int features = design.features();
    long count = design.masks() + (seen == null ? 0L : seen.count());
    boolean unneeded =
        design.sampling() == MaskSampling.UNIFORM && UniformMasks.neverRepeat(features, count);
    KnownMasks known = unneeded ? KnownMasks.unneeded(features) : KnownMasks.of(features, seen);
    int wanted = Math.toIntExact(Math.min(design.masks(), known.left()));
    PairedMasks masks = new PairedMasks(known, wanted);
    long[] mask = new long[masks.words];
    masks.addPair(mask);
    MaskDraws uniform =
        new UniformDraws(sampling, known, design.seed(), UniformMasks.Use.FIT, wanted / 2);
    MaskDraws bySize = new SizeDraws(known, design.seed(), UniformMasks.Use.FIT);
    List<MaskDraws> turns =
        switch (design.sampling()) {
          case UNIFORM -> List.of(uniform);
          case SIZE -> List.of(bySize);
          case BOTH -> List.of(bySize, uniform);
        };
    for (int turn = 0; masks.have < wanted; turn++) {
      if (!turns.get(turn % turns.size()).next(mask)) {
        throw new IllegalStateException("masks are left and none is drawn");
      }
      masks.addPair(mask);
    }
    return new Masks(HostBuffer.of(masks.kept), wanted, features);
  }

  /** Adds a mask and its complement, as far as they are new and there is room. */
  private void addPair(long[] mask) {
    addNew(mask);
    long[] other = mask.clone();
    complement(other, known.features());
    addNew(other);
  }

  private void addNew(long[] mask) {
    if (have * words < kept.length && known.add(mask, 0)) {
      System.arraycopy(mask, 0, kept, have++ * words, words);
    }
  }

  /** Keeps what a packed mask ablates, and the other way round. */
  static void complement(long[] mask, int features) {
    for (int w = 0; w < mask.length; w++) {
      mask[w] = ~mask[w];
    }
    mask[mask.length - 1] &= -1L >>> (64 * mask.length - features);
  }
}
