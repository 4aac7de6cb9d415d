package dev.ablate.solve.spex;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.CodedRegression;
import dev.ablate.backend.Decoding;
import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.mask.CodedDesign;
import dev.ablate.mask.Design;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Method;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solver;
import dev.ablate.solve.SolverSettings;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * SPEX: masks from a coded design, one transform a block, decoding and peeling of the bins, and a
 * regression that never builds the sample matrix. What the regression leaves is decoded again until
 * nothing new is found.
 *
 * <p>Source: Kang et al., arXiv 2502.13870.
 */
public final class SpexSolver implements Solver {
  /** Share of masks under several delays from which folds of delays say nothing. */
  private static final double MOST_REPEATED = 0.1;

  /**
   * A subspace that leaves out so many dimensions holds the difference of two delays once in 2^24:
   * then repeated masks are not to be expected.
   */
  private static final int DIMENSIONS_WITHOUT_REPEATS = 24;

  private final SpexSettings settings;

  /** With the given settings. */
  public SpexSolver(SpexSettings settings) {
    this.settings = settings;
  }

  /** With {@link SpexSettings#DEFAULT}. */
  public SpexSolver() {
    this(SpexSettings.DEFAULT);
  }

  @Override
  public Method method() {
    return Method.SPEX;
  }

  @Override
  public Design plan(int features, long budget, MaskSampling sampling, long seed) {
    if (settings.dimension() == 0 && settings.errors() == 0) {
      return CodedDesign.forBudget(features, budget, seed);
    }
    int errors = settings.errorsOrDefault();
    int least = settings.dimension() > 0 ? settings.dimension() : CodedDesign.MIN_DIMENSION;
    int most = settings.dimension() > 0 ? settings.dimension() : CodedDesign.MAX_DIMENSION;
    for (int b = most; b >= least; b--) {
      Design.Coded design = CodedDesign.of(features, CodedDesign.GROUPS, b, errors, seed);
      if (design.masks() <= budget) {
        return design;
      }
    }
    throw new InputException(
        "SPEX with b = "
            + least
            + " and t = "
            + errors
            + " needs at least "
            + CodedDesign.of(features, CodedDesign.GROUPS, least, errors, seed).masks()
            + " masks for "
            + features
            + " features; raise "
            + InputException.setting("budget")
            + " from "
            + budget);
  }

  @Override
  public List<Solution> solve(Samples samples, Backend backend, long seed) {
    CodedDesign design = designOf(samples);
    CodedBins bins = design.bins();
    Values values = samples.values();
    int outputs = values.outputs();
    boolean folded = repeatedShare(design, samples.masks()) < MOST_REPEATED;
    List<Solution> solutions = new ArrayList<>();
    try (Buffer data = backend.walsh().byOutput(values.buffer(), values.count(), outputs)) {
      int blocks = outputs * bins.groups() * bins.delays();
      backend.walsh().transform(data, blocks, bins.points(), 1.0 / bins.points());
      Decoding.Settings decoding = settings.decoding(bins.code().errors(), true);
      List<Decoding.Decoded> decoded =
          Work.part(
              "decoding", 0.3, () -> backend.decoding().decode(bins, data, outputs, decoding));
      for (int o = 0; o < outputs; o++) {
        try (CodedRegression.Output one = backend.codedRegression().open(bins, data, outputs, o)) {
          Decoding.Decoded own = decoded.get(o);
          solutions.add(
              Work.part(
                  "refit",
                  1.0 / (outputs - o),
                  () -> new SpexOutput(settings, design, backend, one, seed).solve(own, folded)));
        }
      }
    }
    return solutions;
  }

  private static CodedDesign designOf(Samples samples) {
    if (!(samples.design() instanceof Design.Coded coded)) {
      throw new InputException(
          "SPEX needs its own masks, not "
              + samples.design().kind()
              + " ones: make them with ablate design and "
              + SolverSettings.METHOD
              + " spex, or choose another "
              + SolverSettings.METHOD);
    }
    CodedDesign design = new CodedDesign(coded);
    Masks masks = samples.masks();
    if (masks.count() != coded.masks() || masks.features() != coded.features()) {
      throw new InputException(
          "the design says "
              + coded.masks()
              + " masks of "
              + coded.features()
              + " features, the table has "
              + masks.count()
              + " of "
              + masks.features()
              + "; pass the design.json that came with the masks");
    }
    // Masks that only a device knows were made there, from this design.
    if (masks.onHost()) {
      checkMasks(design, masks);
    }
    return design;
  }

  /** The masks that show each column of {@code M_c} and each delay must be the design's. */
  private static void checkMasks(CodedDesign design, Masks masks) {
    long[] words = masks.hostWords();
    long[] columns = design.columns();
    long[] delays = design.delays();
    int width = masks.words();
    CodedBins bins = design.bins();
    for (int c = 0; c < bins.groups(); c++) {
      int group = c * bins.delays() * bins.points();
      for (int p = 0; p < bins.delays(); p++) {
        expect(words, group + p * bins.points(), delays, p, width);
      }
      for (int k = 0; k < bins.dimension(); k++) {
        expect(words, group + (1 << k), columns, c * bins.dimension() + k, width);
      }
    }
  }

  private static void expect(long[] words, int row, long[] expected, int from, int width) {
    for (int w = 0; w < width; w++) {
      if (words[row * width + w] != expected[from * width + w]) {
        throw new InputException(
            "mask "
                + row
                + " is not the one of the design; pass the design.json that came with the masks,"
                + " rows in its order");
      }
    }
  }

  /** The share of masks that also occur under another delay. */
  private static double repeatedShare(CodedDesign design, Masks masks) {
    CodedBins bins = design.bins();
    if (masks.features() - bins.dimension() > DIMENSIONS_WITHOUT_REPEATS) {
      return 0;
    }
    int[] position = DistinctMasks.of(masks).position();
    int[] delayOf = new int[masks.count()];
    Arrays.fill(delayOf, -1);
    boolean[] several = new boolean[masks.count()];
    for (int r = 0; r < position.length; r++) {
      int delay = r / bins.points() % bins.delays();
      int mask = position[r];
      several[mask] |= delayOf[mask] >= 0 && delayOf[mask] != delay;
      delayOf[mask] = delay;
    }
    int repeated = 0;
    for (int mask : position) {
      repeated += several[mask] ? 1 : 0;
    }
    return (double) repeated / masks.count();
  }
}
