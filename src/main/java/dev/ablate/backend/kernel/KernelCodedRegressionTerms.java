package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.CodedRegression;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The regression of one problem on given terms, on a device. */
final class KernelCodedRegressionTerms implements CodedRegression.Terms {
  /** Products this small, as a share of the largest possible, are rounding. */
  private static final double ROUNDING = 1e-12;

  /** The same for transforms in single precision. */
  private static final double SINGLE_ROUNDING = 1e-7;

  /** Partial sums a group keeps: see the kernels. */
  private static final int PARTS = KernelMacros.of(KernelCodedRegression.STEM).constant("PARTS");

  /** Most sweeps of one fit. */
  private static final int SWEEPS = 1000;

  /** Fits are asked no more than rounding of the right-hand sides allows. */
  private static final double EPSILON = 0x1p-49;

  private final Runtime runtime;
  private final Runtime.Scope scope;
  private final KernelCodedRegressionOutput output;
  private final CodedBins bins;
  private final int size;
  private final int folds;
  private final long[][] masks;
  private final KernelCodedRegressionMembers members;
  private final KernelBuffer columns;
  private final KernelBuffer differ;
  private final KernelBuffer starts;
  private final KernelBuffer order;
  private final KernelBuffer tiles;
  private final KernelBuffer maskBits;
  private final KernelBuffer sums;
  private final int tileCount;
  private final int laneBits;
  private final double[] squares;
  private final double[] all;
  private final double largest;

  KernelCodedRegressionTerms(
      KernelCodedRegressionOutput output, Sets sets, int[] foldOf, int folds) {
    this.output = output;
    this.runtime = output.runtime();
    this.bins = output.bins();
    this.size = sets.size();
    this.folds = folds;
    this.masks = masks(foldOf);
    this.members = new KernelCodedRegressionMembers(bins, sets);
    this.scope = runtime.scope();
    try {
      long[] signatures = bins.signatures(sets);
      this.laneBits = laneBits();
      int[] colourOf = members.colours();
      int[] inOrder = order(colourOf);
      int[] begins = tiles(colourOf, inOrder, PARTS >> laneBits);
      this.tileCount = begins.length - 1;
      KernelBuffer[] in =
          scope.in(
              HostBuffer.of(members.starts()),
              HostBuffer.of(inOrder),
              HostBuffer.of(begins),
              HostBuffer.of(Arrays.stream(masks).flatMapToLong(Arrays::stream).toArray()),
              HostBuffer.of(members.bins()),
              HostBuffer.of(signatures),
              HostBuffer.of(members.first()),
              HostBuffer.of(members.members()));
      this.starts = in[0];
      this.order = in[1];
      this.tiles = in[2];
      this.maskBits = in[3];
      this.columns = scope.temporary(Element.I32, members.entries());
      this.differ = scope.temporary(Element.U64, (long) members.entries() * bins.words());
      gram(in[5], in[6], in[7]);
      KernelBuffer products = scope.temporary(Element.F64, (long) bins.delays() * size);
      output.products(products, in[4], in[5], size);
      this.sums = scope.temporary(Element.F64, (long) masks.length * size);
      sum(products);
      List<Device.Fetch> fetches = new ArrayList<>();
      this.squares = output.squares(scope, fetches);
      this.all = new double[size];
      fetches.add(sums.fetch((long) folds * size, HostBuffer.of(all)));
      runtime.device().read(fetches);
      this.largest = largest(signatures);
    } catch (OutOfDeviceMemoryException e) {
      scope.close();
      throw e;
    }
  }

  /**
   * Delays as bits: those outside each fold, all of them, those of each fold; all but each delay,
   * and each delay.
   */
  private long[][] masks(int[] foldOf) {
    int delays = foldOf.length;
    long[][] bits = new long[2 * folds + 1 + 2 * delays][bins.words()];
    for (int p = 0; p < delays; p++) {
      for (int f = 0; f <= folds; f++) {
        bits[f == foldOf[p] ? folds + 1 + f : f][p >>> 6] |= 1L << p;
      }
      for (int q = 0; q < delays; q++) {
        bits[q == p ? delay(q) : allBut(q)][p >>> 6] |= 1L << p;
      }
    }
    return bits;
  }

  /** The mask of all delays but one. */
  int allBut(int delay) {
    return 2 * folds + 1 + delay;
  }

  /** The mask of one delay. */
  int delay(int delay) {
    return allBut(bins.delays()) + delay;
  }

  private void gram(KernelBuffer signatures, KernelBuffer first, KernelBuffer ofBins) {
    runtime.forItems(
        KernelCodedRegression.STEM,
        "coded_regression_gram",
        (long) size * bins.groups(),
        Arguments.of()
            .put("columns", columns)
            .put("differ", differ)
            .put("starts", starts)
            .put("first", first)
            .put("members", ofBins)
            .put("signatures", signatures)
            .put("groups", bins.groups())
            .put("terms", size)
            .put("words", bins.words()));
  }

  /** The terms by colour. */
  private static int[] order(int[] colourOf) {
    int[] next = new int[colourOf.length + 1];
    for (int colour : colourOf) {
      next[colour + 1]++;
    }
    for (int c = 0; c < colourOf.length; c++) {
      next[c + 1] += next[c];
    }
    int[] sorted = new int[colourOf.length];
    for (int s = 0; s < colourOf.length; s++) {
      sorted[next[colourOf[s]]++] = s;
    }
    return sorted;
  }

  /** Where runs of at most so many terms of one colour begin, and their end. */
  private static int[] tiles(int[] colourOf, int[] order, int most) {
    int[] begins = new int[order.length + 1];
    int count = 0;
    for (int k = 1; k <= order.length; k++) {
      if (k == order.length
          || colourOf[order[k]] != colourOf[order[k - 1]]
          || k - begins[count] == most) {
        begins[++count] = k;
      }
    }
    return Arrays.copyOf(begins, count + 1);
  }

  /**
   * Items that share a row: about a quarter of its entries, none for short rows. It follows from
   * the terms alone, as the order of sums depends on it.
   */
  private int laneBits() {
    int mean = members.entries() / Math.max(1, size);
    return mean < 8 ? 0 : Math.min(5, 30 - Integer.numberOfLeadingZeros(mean));
  }

  /** The right-hand sides of all sets of delays. */
  private void sum(KernelBuffer products) {
    runtime.forItems(
        KernelCodedRegression.STEM,
        "coded_regression_sums",
        (long) masks.length * size,
        Arguments.of()
            .put("sums", sums)
            .put("products", products)
            .put("masks", maskBits)
            .put("count", masks.length)
            .put("delays", bins.delays())
            .put("terms", size)
            .put("words", bins.words()));
  }

  private double largest(long[] signatures) {
    double[] rest = all.clone();
    double mean = rest[0] / rows();
    for (int c = 0; c < bins.groups(); c++) {
      int row = c * size;
      for (int s = 1; s < size; s++) {
        if (members.bins()[row + s] == members.bins()[row]) {
          int unequal = 0;
          for (int w = 0; w < bins.words(); w++) {
            unequal +=
                Long.bitCount((signatures[w] ^ signatures[s * bins.words() + w]) & masks[folds][w]);
          }
          rest[s] -= mean * bins.points() * (bins.delays() - 2 * unequal);
        }
      }
    }
    double most = 0;
    for (int s = 1; s < size; s++) {
      most = Math.max(most, Math.abs(rest[s]));
    }
    // For constant values the products are rounding errors, and no term is to follow them.
    double rounding = output.element() == Element.F32 ? SINGLE_ROUNDING : ROUNDING;
    return Math.max(most, rounding * Math.sqrt(rows() * squares()));
  }

  /** No product can be known better. */
  double finest() {
    return EPSILON * Arrays.stream(all).map(Math::abs).max().orElse(0);
  }

  int size() {
    return size;
  }

  int folds() {
    return folds;
  }

  int delays() {
    return bins.delays();
  }

  Runtime runtime() {
    return runtime;
  }

  /** Number of all rows. */
  double rows() {
    return (double) bins.delays() * bins.groups() * bins.points();
  }

  /** The share of rows outside a fold; all of them for the number of folds. */
  double share(int fold) {
    int count = Arrays.stream(masks[fold]).mapToInt(Long::bitCount).sum();
    return (double) count / bins.delays();
  }

  /** {@code y'y} over the rows of a fold. */
  double foldSquares(int fold) {
    double sum = 0;
    for (int p = 0; p < squares.length; p++) {
      if ((masks[folds + 1 + fold][p >>> 6] >>> p & 1) != 0) {
        sum += squares[p];
      }
    }
    return sum;
  }

  /** {@code y'y} over the rows of a delay. */
  double delaySquares(int delay) {
    return squares[delay];
  }

  /** Runs fits, one group each. */
  void fit(KernelCodedRegressionFits fits, KernelBuffer start) {
    Runtime.Kernel kernel =
        runtime.kernel(KernelCodedRegression.STEM, "coded_regression_fit", Map.of());
    try (Runtime.Scope temporary = runtime.scope()) {
      KernelBuffer[] asked = temporary.in(fits.asked());
      runtime.launch(
          kernel,
          fits.count(),
          runtime.groupSize(kernel),
          kernel.number("CODED_REGRESSION_LOCAL"),
          Arguments.of()
              .put("lasso", fits.lasso())
              .put("relaxed", fits.relaxed())
              .put("results", fits.results())
              .put("which", asked[0])
              .put("aims", asked[1])
              .put("start", start)
              .put("columns", columns)
              .put("differ", differ)
              .put("starts", starts)
              .put("order", order)
              .put("tiles", tiles)
              .put("masks", maskBits)
              .put("sums", sums)
              .put("fits", fits.count())
              .put("terms", size)
              .put("groups", bins.groups())
              .put("points", bins.points())
              .put("words", bins.words())
              .put("tile_count", tileCount)
              .put("lane_bits", laneBits)
              .put("sweeps", SWEEPS));
    }
  }

  @Override
  public double squares() {
    return Arrays.stream(squares).sum();
  }

  @Override
  public double deviations() {
    return squares() - all[0] * all[0] / rows();
  }

  @Override
  public double largest() {
    return largest;
  }

  @Override
  public CodedRegression.Walk lasso(double[] penalties) {
    return new KernelCodedRegressionWalk(this, penalties);
  }

  @Override
  public CodedRegression.Ridge ridge(double[] penalties) {
    return KernelCodedRegressionWalk.ridge(this, penalties);
  }

  @Override
  public void close() {
    scope.close();
  }
}
