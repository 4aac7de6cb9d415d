package dev.ablate.mask;

import dev.ablate.backend.Backend;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.HostBuffer;
import dev.ablate.code.BchCode;
import dev.ablate.code.InputException;
import dev.ablate.code.Philox;

/**
 * The coded design of SPEX, worked out: the random subspaces {@code M_c}, the delays, and the masks
 * {@code M_c l xor d_p} in the order {@code (groups, delays, 2^b)}.
 *
 * <p>Source: Kang et al., arXiv 2502.13870.
 */
public final class CodedDesign {
  /** Number of subsampling groups of the published design. */
  public static final int GROUPS = 3;

  /** Number of errors that the code of the published design corrects. */
  public static final int ERRORS = 5;

  /** Smallest subspace dimension worth asking for. */
  public static final int MIN_DIMENSION = 3;

  /** Largest subspace dimension. */
  public static final int MAX_DIMENSION = 20;

  /** Up to here dimensions are taken whatever the number of features, as in the published table. */
  private static final int TABLE_DIMENSION = 12;

  private static final int STREAM = 0x53504558;

  private final Design.Coded design;
  private final CodedBins bins;

  /**
   * The matrices behind a description; equal descriptions give equal masks.
   *
   * @throws InputException if the number of delays is not that of the code
   */
  public CodedDesign(Design.Coded design) {
    BchCode code = BchCode.smallest(design.features(), design.errors());
    if (design.delays() != code.parityBits() + 1) {
      throw new InputException(
          "a coded design for "
              + design.features()
              + " features and t = "
              + design.errors()
              + " has "
              + (code.parityBits() + 1)
              + " delays, not "
              + design.delays()
              + "; make the design again with `ablate design`");
    }
    this.design = design;
    int[] hashes = new int[Math.multiplyExact(design.groups(), design.features())];
    Philox.Stream random = Philox.stream(design.seed(), STREAM);
    for (int c = 0; c < design.groups(); c++) {
      draw(random, hashes, c * design.features(), design.features());
    }
    // Rows keep their leading bits when b grows, so that a design holds all smaller ones.
    int mask = (1 << design.dimension()) - 1;
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] &= mask;
    }
    this.bins = new CodedBins(code, design.groups(), design.dimension(), hashes);
  }

  /** Draws the rows of one {@code M_c} for the largest b, until no column is wasted. */
  private static void draw(Philox.Stream random, int[] hashes, int from, int features) {
    do {
      for (int i = from; i < from + features; i++) {
        hashes[i] = random.nextInt();
      }
    } while (features <= Long.SIZE && !leadingColumnsAreIndependent(hashes, from, features));
  }

  /** Whether the first columns, as many as can be, are independent over GF(2). */
  private static boolean leadingColumnsAreIndependent(int[] hashes, int from, int features) {
    int columns = Math.min(features, MAX_DIMENSION);
    long[] basis = new long[columns];
    for (int k = 0; k < columns; k++) {
      long column = 0;
      for (int i = 0; i < features; i++) {
        column |= (long) (hashes[from + i] >>> k & 1) << i;
      }
      for (int earlier = 0; earlier < k; earlier++) {
        if ((column & Long.lowestOneBit(basis[earlier])) != 0) {
          column ^= basis[earlier];
        }
      }
      if (column == 0) {
        return false;
      }
      basis[k] = column;
    }
    return true;
  }

  /**
   * A design of a given size.
   *
   * @throws InputException if a number is out of range or no code is long enough
   */
  public static Design.Coded of(int features, int groups, int dimension, int errors, long seed) {
    check("features", features, 1, Masks.MOST_FEATURES);
    check("groups C", groups, 1, 64);
    check("subspace dimension b", dimension, 1, MAX_DIMENSION);
    check("errors t", errors, 1, 32);
    int delays = BchCode.parityBits(features, errors) + 1;
    return new Design.Coded(features, groups, dimension, errors, delays, seed);
  }

  /**
   * The largest design within a budget: the largest {@code b} with {@code t = 5}; when not even
   * {@code b = 3} fits, the largest {@code t} below 5 with {@code b = 3}.
   *
   * @throws InputException if no design fits; the message names the smallest budget that would do
   */
  public static Design.Coded forBudget(int features, long budget, long seed) {
    // Subspaces much larger than the whole space would only repeat masks.
    int most = Math.min(MAX_DIMENSION, Math.max(TABLE_DIMENSION, features));
    for (int b = most; b >= MIN_DIMENSION; b--) {
      Design.Coded design = of(features, GROUPS, b, ERRORS, seed);
      if (design.masks() <= budget) {
        return design;
      }
    }
    for (int t = ERRORS - 1; t >= 1; t--) {
      Design.Coded design = of(features, GROUPS, MIN_DIMENSION, t, seed);
      if (design.masks() <= budget) {
        return design;
      }
    }
    throw new InputException(
        "SPEX needs at least "
            + of(features, GROUPS, MIN_DIMENSION, 1, seed).masks()
            + " masks for "
            + features
            + " features; raise "
            + InputException.setting("budget")
            + " from "
            + budget
            + " or choose another "
            + InputException.setting("method"));
  }

  private static void check(String what, int number, int least, int most) {
    if (number < least || number > most) {
      throw new InputException(
          "a coded design has " + least + " to " + most + " " + what + ", not " + number);
    }
  }

  /** The description. */
  public Design.Coded design() {
    return design;
  }

  /** Where terms fall. */
  public CodedBins bins() {
    return bins;
  }

  /** All masks, in the order {@code (groups, delays, 2^b)}. */
  public Masks masks(Backend backend) {
    return new Masks(
        backend
            .sampling()
            .subspaces(
                HostBuffer.of(columns()),
                design.groups(),
                design.dimension(),
                HostBuffer.of(delays()),
                design.delays(),
                design.features()),
        Math.toIntExact(design.masks()),
        design.features());
  }

  /** The columns of the {@code M_c}: {@code (groups, b, ceil(features/64)) row-major}. */
  public long[] columns() {
    int words = Masks.words(design.features());
    int b = design.dimension();
    long[] columns = new long[Math.multiplyExact(design.groups() * b, words)];
    for (int c = 0; c < design.groups(); c++) {
      for (int i = 0; i < design.features(); i++) {
        for (int rest = bins.hash(c, i); rest != 0; rest &= rest - 1) {
          int column = c * b + Integer.numberOfTrailingZeros(rest);
          columns[column * words + (i >>> 6)] |= 1L << i;
        }
      }
    }
    return columns;
  }

  /** The shifts: {@code (delays, ceil(features/64)) row-major}, the zero shift first. */
  public long[] delays() {
    int words = Masks.words(design.features());
    long[] delays = new long[Math.multiplyExact(design.delays(), words)];
    for (int i = 0; i < design.features(); i++) {
      for (int w = 0; w < bins.words(); w++) {
        for (long rest = bins.signature(i, w); rest != 0; rest &= rest - 1) {
          int delay = 64 * w + Long.numberOfTrailingZeros(rest);
          delays[delay * words + (i >>> 6)] |= 1L << i;
        }
      }
    }
    return delays;
  }

  /**
   * The same design with a smaller subspace: one collection of values serves both.
   *
   * @param dimension the smaller b
   */
  public CodedDesign nested(int dimension) {
    check("nested subspace dimension b", dimension, 1, design.dimension());
    return new CodedDesign(
        of(design.features(), design.groups(), dimension, design.errors(), design.seed()));
  }

  /** The rows of this design's masks that are, in order, the masks of {@link #nested}. */
  public int[] nestedRows(int dimension) {
    check("nested subspace dimension b", dimension, 1, design.dimension());
    int[] rows = new int[(design.groups() * design.delays()) << dimension];
    for (int r = 0; r < rows.length; r++) {
      int block = r >>> dimension;
      rows[r] = (block << design.dimension()) + r - (block << dimension);
    }
    return rows;
  }
}
