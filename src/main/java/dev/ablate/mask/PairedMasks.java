package dev.ablate.mask;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sampling;
import java.util.Arrays;
import java.util.List;

/**
 * The masks of {@link Design.Paired}, made on the host but for uniform ones that never repeat. A
 * mask and its complement together tell terms of even and of odd order apart.
 */
public final class PairedMasks {
  private static final UniformMasks.Use USE = UniformMasks.Use.FIT;

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
   * @param backend where uniform rows come from; where they never repeat, the masks stay there
   * @param design which masks
   * @param seen masks to leave out, or null
   */
  public static Masks draw(Backend backend, Design.Paired design, Masks seen) {
    int features = design.features();
    long count = design.masks() + (seen == null ? 0L : seen.count());
    boolean uniform = design.sampling() == MaskSampling.UNIFORM;
    return uniform && UniformMasks.neverRepeat(features, count)
        ? drawThere(backend, design)
        : drawDifferent(backend.sampling(), design, KnownMasks.of(features, seen));
  }

  /** The first row of a stream xor the others is uniform, and xor itself it keeps nothing. */
  private static Masks drawThere(Backend backend, Design.Paired design) {
    int features = design.features();
    int count = Math.toIntExact(design.masks());
    int pairs = count - count / 2;
    int words = Masks.words(features);
    Sampling sampling = backend.sampling();
    long[] columns = new long[2 * words];
    System.arraycopy(first(sampling, design), 0, columns, words, words);
    System.arraycopy(Masks.all(features).hostWords(), 0, columns, 0, words);
    // Of each row the subspace has itself, its complement, and both xor the first row.
    int all = Math.multiplyExact(4, pairs);
    long[] wanted = new long[(all + 63) >>> 6];
    Arrays.fill(wanted, 0xCCCCCCCCCCCCCCCCL);
    int end = count % 2 == 0 ? all : all - 1;
    for (int bit = end; bit < 64 * wanted.length; bit++) {
      wanted[bit >>> 6] &= ~(1L << bit);
    }
    try (Buffer rows = sampling.uniform(design.seed(), USE.ordinal(), 0, pairs, features);
        Buffer four = sampling.subspaces(HostBuffer.of(columns), 1, 2, rows, pairs, features);
        Buffer positions = backend.rows().positions(new long[][] {wanted}, all)) {
      return new Masks(backend.rows().gather(four, words, positions), count, features);
    }
  }

  private static long[] first(Sampling sampling, Design.Paired design) {
    try (Buffer row = sampling.uniform(design.seed(), USE.ordinal(), 0, 1, design.features())) {
      return row.toHost().words();
    }
  }

  private static Masks drawDifferent(Sampling sampling, Design.Paired design, KnownMasks known) {
    int features = design.features();
    int wanted = Math.toIntExact(Math.min(design.masks(), known.left()));
    PairedMasks masks = new PairedMasks(known, wanted);
    long[] mask = new long[masks.words];
    masks.addPair(mask);
    long[] first = first(sampling, design);
    MaskDraws uniform = new UniformDraws(sampling, known, design.seed(), USE, wanted / 2, first);
    MaskDraws bySize = new SizeDraws(known, design.seed(), USE);
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
