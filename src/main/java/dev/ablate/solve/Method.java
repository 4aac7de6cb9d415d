package dev.ablate.solve;

import dev.ablate.code.InputException;
import dev.ablate.mask.Design;
import dev.ablate.setting.Settings;
import dev.ablate.solve.auto.AutoEstimator;
import dev.ablate.solve.auto.AutoSolver;
import dev.ablate.solve.auto.CodedPart;
import dev.ablate.solve.exact.ExactSolver;
import dev.ablate.solve.gp.GaussianProcessEstimator;
import dev.ablate.solve.gp.LinkedEstimator;
import dev.ablate.solve.gp.ProcessOrLinked;
import dev.ablate.solve.gp.SharedLinked;
import dev.ablate.solve.gp.SharedProcess;
import dev.ablate.solve.lasso.LassoEstimator;
import dev.ablate.solve.proxyspex.ProxySpexSolver;
import dev.ablate.solve.proxyspex.TreesEstimator;
import dev.ablate.solve.screen.ScreenEstimator;
import dev.ablate.solve.spex.SpexSettings;
import dev.ablate.solve.spex.SpexSolver;
import java.util.List;
import java.util.Locale;

/** A way to find a spectrum, and what it needs. {@link Solvers} decides what {@code auto} takes. */
public enum Method {
  /** Exact where every mask is known, else a contest of screening, a process and trees. */
  AUTO(MaskKind.UNIFORM, null) {
    @Override
    public Solver solver(Settings settings) {
      return new AutoSolver(new ScreenEstimator(settings), first -> contest(settings, first));
    }

    private Solver contest(Settings settings, Estimator first) {
      return new EstimatorSolver(
          this,
          new AutoEstimator(
              first,
              process(settings),
              new LinkedEstimator(process(settings)),
              new TreesEstimator(),
              new LassoEstimator("singles"),
              new SharedProcess(terms(settings), GaussianProcessEstimator.MOST_EXACT),
              new SharedLinked(terms(settings), GaussianProcessEstimator.MOST_EXACT)));
    }
  },
  /** The transform of every mask. */
  EXACT(MaskKind.ALL, "exact needs every mask, whatever the target; leave one of them away") {
    @Override
    public Solver solver(Settings settings) {
      return new ExactSolver();
    }
  },
  /** Sparse transform with a coded design. */
  SPEX(
      MaskKind.CODED,
      "the masks of a small SPEX design are no part of a larger one's, so that they cannot be spent"
          + " in rounds; choose auto or another method") {
    @Override
    public Solver solver(Settings settings) {
      return new SpexSolver(SpexSettings.DEFAULT.with(settings.get(SolverSettings.REFINE)));
    }
  },
  /** Boosted trees and their spectrum. */
  PROXYSPEX(MaskKind.UNIFORM, null) {
    @Override
    public Solver solver(Settings settings) {
      return new ProxySpexSolver(settings.get(SolverSettings.REFINE));
    }
  },
  /** Every interaction up to an order, tested outright. */
  SCREEN(MaskKind.UNIFORM, null) {
    @Override
    public Solver solver(Settings settings) {
      return new EstimatorSolver(this, new ScreenEstimator(settings));
    }
  },
  /** A Gaussian process whose prior is a spectrum. */
  GP(MaskKind.UNIFORM, null) {
    @Override
    public Solver solver(Settings settings) {
      return new EstimatorSolver(
          this,
          new ProcessOrLinked(
              new GaussianProcessEstimator(
                  terms(settings),
                  GaussianProcessEstimator.MOST_EXACT,
                  GaussianProcessEstimator.MOST_ROWS)));
    }
  };

  /** Which masks a method needs. */
  public enum MaskKind {
    /** Independent, each feature kept with probability one half. */
    UNIFORM,
    /** Those of a coded design. */
    CODED,
    /** Every mask of the features. */
    ALL
  }

  private final MaskKind masks;
  private final String noRounds;

  Method(MaskKind masks, String noRounds) {
    this.masks = masks;
    this.noRounds = noRounds;
  }

  /**
   * The method of a word.
   *
   * @throws InputException if there is none
   */
  public static Method parse(String word) {
    return SolverSettings.METHOD.parse(List.of(word));
  }

  /** The method with some settings. */
  public abstract Solver solver(Settings settings);

  /**
   * The choice whether a budget of the default has a coded part; null where it affords none.
   *
   * @param features number of features
   * @param budget masks in all
   */
  public static CodedPart codedPart(Settings settings, int features, long budget, long seed) {
    Design.Coded design = CodedPart.affordable(features, budget, seed);
    return design == null ? null : new CodedPart(new ScreenEstimator(settings), design);
  }

  private static GaussianProcessEstimator process(Settings settings) {
    return new GaussianProcessEstimator(terms(settings), GaussianProcessEstimator.MOST_EXACT);
  }

  /** Terms that a process reports, 0 where held-out masks decide. */
  private static int terms(Settings settings) {
    Long terms = settings.get(SolverSettings.TERMS);
    return terms == null ? 0 : terms.intValue();
  }

  /** Which masks it needs. */
  public MaskKind masks() {
    return masks;
  }

  /**
   * Checks that its masks can be spent in rounds.
   *
   * @throws InputException if a larger budget's masks do not begin with a smaller one's
   */
  public void requireRounds() {
    if (noRounds != null) {
      throw new InputException(
          InputException.setting("target-r2")
              + " with "
              + SolverSettings.METHOD
              + " "
              + this
              + ": "
              + noRounds);
    }
  }

  /** Whether this is what ran, by the word of an explanation. */
  public boolean is(String ran) {
    return toString().equals(ran);
  }

  /** The word on the command line and in files. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
