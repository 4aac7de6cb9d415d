package dev.ablate.solve.gp;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.solve.Gain;
import dev.ablate.solve.HeldFifth;
import dev.ablate.solve.Problem;
import dev.ablate.solve.boost.Folds;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Which shape a prior has. A rough part, and of few features closeness, always belong to it:
 * evidence lets what does not help vanish. Of few rows decays are drawn towards equal ones; where
 * most features do nothing, decays that are free are better, and masks that were left out say so. A
 * tilt raises the evidence of most real games and makes many predictions worse, because values are
 * not normal: it is taken where held-out masks say so.
 */
final class PriorChoice {
  /** Blocks large enough to tell structure from noise, and as few evaluations as settle. */
  private static final List<PriorFit.Stage> STAGES = List.of(new PriorFit.Stage(400, 2, 40));

  /** Of many rows larger blocks follow: how rough values are shows in close masks only. */
  private static final List<PriorFit.Stage> MANY =
      List.of(new PriorFit.Stage(400, 2, 20), new PriorFit.Stage(800, 2, 7));

  private static final int MANY_ROWS = 1_200;

  /** Noise as shares of a value's variance, where held-out masks choose it. */
  private static final double[] NOISES = {1e-3, 3e-3, 1e-2, 3e-2, 1e-1};

  /** For what starts at a prior that was fitted. */
  private static final List<PriorFit.Stage> SHORT = List.of(new PriorFit.Stage(400, 2, 12));

  /** Up to so many rows a prior is fitted again where rows were added. */
  private static final int FEW = 500;

  /** Of more features an index off a process with closeness takes too long: a cosine each. */
  private static final int CLOSE = 16;

  /** Fewer held-out masks choose by chance. */
  static final int LEAST_HELD = 15;

  /** Up to so many rows folds of them choose: a fifth is too few, and a fit takes no time. */
  private static final int CROSSED = 200;

  /** From so many rows a feature on evidence alone tells features apart. */
  private static final int FEW_ROWS = 60;

  /** How far decays stray, as powers of e: from influences, and from priors that were fitted. */
  private static final double FREE = 3;

  static final double TILTED = 1;
  private static final double AGAIN = 0.5;

  /** Share of the error that another prior must take away. */
  static final double GAIN = 0.05;

  /** Rows by which shapes are compared: so many tell as much as all of them. */
  private static final int COMPARED = 800;

  /** Rows by which noise is chosen: several blocks' worth. */
  private static final int NOISE_ROWS = 2_000;

  private PriorChoice() {}

  /**
   * A prior for each output.
   *
   * @param rows rows to fit, of mean 0, in random order
   * @param held rows that choose, or null
   * @param means what was taken off the rows
   */
  static Prior[] of(Problem rows, Problem held, double[] means) {
    return of(rows, held, means, true);
  }

  /**
   * A prior for each output.
   *
   * @param bySize whether sizes of masks may bend priors; else coefficients are independent
   */
  static Prior[] of(Problem rows, Problem held, double[] means, boolean bySize) {
    Prior[] start = new Prior[rows.outputs()];
    Arrays.setAll(start, o -> Influences.prior(rows, o));
    int features = rows.features();
    boolean closeness = bySize && features <= CLOSE;
    Parameters alike = new Parameters(features, true, false, closeness, 0);
    Parameters free = new Parameters(features, true, false, closeness, FREE);
    Prior[] chosen = fit(rows, start, alike, stages(rows));
    if (held == null) {
      return chosen;
    }
    boolean crossed = rows.rows() <= CROSSED;
    if (crossed) {
      takeWhereClear(rows, start, alike, free, chosen);
    }
    if (held.rows() < LEAST_HELD) {
      return chosen;
    }
    int[] some = IntStream.range(0, Math.min(COMPARED, rows.rows())).toArray();
    try (Problem part = rows.select(some)) {
      Comparison comparison = new Comparison(part, held, means, chosen);
      if (!crossed && rows.rows() < FEW_ROWS * features) {
        comparison.meet(fit(rows, start, free, stages(rows)));
      }
      if (bySize) {
        Parameters tilted = new Parameters(features, true, true, closeness, TILTED);
        comparison.meet(fit(rows, chosen, tilted, SHORT));
      }
    }
    if (rows.rows() > FEW) {
      int[] dense = IntStream.range(0, Math.min(NOISE_ROWS, rows.rows())).toArray();
      try (Problem part = rows.select(dense)) {
        for (int o = 0; o < chosen.length; o++) {
          chosen[o] = withNoise(part, o, chosen[o], held, means[o]);
        }
      }
    }
    return chosen;
  }

  /**
   * Priors of other parameters take the place of some where folds of the rows say so: each is left
   * out in turn, and what both leave of it is compared.
   */
  private static void takeWhereClear(
      Problem rows, Prior[] start, Parameters some, Parameters others, Prior[] chosen) {
    if (rows.repeats().distinct() < HeldFifth.FEWEST) {
      return;
    }
    double[][] before = new double[chosen.length][0];
    double[][] after = new double[chosen.length][0];
    Folds folds = HeldFifth.folds(rows);
    for (int k = 0; k < folds.count(); k++) {
      HeldFifth fold = HeldFifth.of(rows, folds, k);
      try (Problem train = rows.select(fold.train());
          Problem out = rows.select(fold.held())) {
        Prior[] one = fit(train, start, some, STAGES);
        Prior[] other = fit(train, start, others, STAGES);
        for (int o = 0; o < chosen.length; o++) {
          before[o] = joined(before[o], left(train, o, one[o], out, 0));
          after[o] = joined(after[o], left(train, o, other[o], out, 0));
        }
      }
    }
    Prior[] taken = null;
    for (int o = 0; o < chosen.length; o++) {
      if (Gain.isClear(before[o], after[o], GAIN, 1)) {
        taken = taken == null ? fit(rows, start, others, STAGES) : taken;
        chosen[o] = taken[o];
      }
    }
  }

  private static double[] joined(double[] first, double[] second) {
    return DoubleStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
  }

  /**
   * Priors that are better on held-out rows take the place of others.
   *
   * @param rows rows that are fitted
   * @param held rows that choose
   * @param means what was taken off the rows
   * @param chosen the best priors so far, changed in place
   */
  private record Comparison(Problem rows, Problem held, double[] means, Prior[] chosen) {
    void meet(Prior[] others) {
      for (int o = 0; o < chosen.length; o++) {
        double[] before = left(rows, o, chosen[o], held, means[o]);
        double[] after = left(rows, o, others[o], held, means[o]);
        if (Gain.isClear(before, after, GAIN, 1)) {
          chosen[o] = others[o];
        }
      }
    }
  }

  private static List<PriorFit.Stage> stages(Problem rows) {
    return rows.rows() < MANY_ROWS ? STAGES : MANY;
  }

  /**
   * The same with as much noise as held-out masks ask for. Blocks are thinner than all rows: they
   * say little of what close masks have in common, and take it for signal.
   */
  private static Prior withNoise(Problem rows, int output, Prior prior, Problem held, double mean) {
    double variance = prior.scale() * (1 + prior.shape().rough());
    Prior best = prior;
    double least = lost(rows, output, prior, held, mean);
    boolean better = true;
    for (int k = 0; k < NOISES.length && better; k++) {
      double noise = NOISES[k] * variance;
      if (noise > 2 * prior.noise()) {
        Prior noisier = new Prior(prior.decays(), prior.scale(), noise, prior.shape());
        double lost = lost(rows, output, noisier, held, mean);
        better = lost < least;
        best = better ? noisier : best;
        least = Math.min(least, lost);
      }
    }
    return best;
  }

  /**
   * The prior for more rows than those that it was fitted to; the same where they were many.
   *
   * @param rows rows of mean 0, in random order
   */
  static Prior again(Problem rows, int output, Prior prior) {
    if (rows.rows() > FEW) {
      return prior;
    }
    Parameters parameters =
        new Parameters(
            rows.features(), true, prior.shape().tilt() != 0, prior.shape().closeness() > 0, AGAIN);
    try (Problem one = rows.outputs(output)) {
      return fit(one, new Prior[] {prior}, parameters, SHORT)[0];
    }
  }

  private static Prior[] fit(
      Problem rows, Prior[] start, Parameters parameters, List<PriorFit.Stage> stages) {
    return PriorFit.fit(rows.backend(), rows.masks(), rows.values(), start, parameters, stages);
  }

  /** The sum of squares that a process leaves of held-out rows. */
  private static double lost(Problem rows, int output, Prior prior, Problem held, double mean) {
    return Gain.squares(left(rows, output, prior, held, mean));
  }

  /** {@code (held rows)} what a process leaves. */
  static double[] left(Problem rows, int output, Prior prior, Problem held, double mean) {
    try (Given given = Given.of(rows, output, prior);
        Buffer predicted =
            rows.backend()
                .gaussianProcess()
                .predict(
                    rows.masks().buffer(),
                    rows.rows(),
                    rows.features(),
                    given.posterior().weights(),
                    given.prior(),
                    held.masks().buffer(),
                    held.rows())) {
      double[] means = predicted.toHost().doubles();
      double[] values = held.output(output).toHost().doubles();
      double[] left = new double[held.rows()];
      Arrays.setAll(left, r -> values[r] - means[r] - mean);
      return left;
    }
  }
}
