package dev.ablate.solve.auto;

import dev.ablate.solve.Estimator;
import dev.ablate.solve.HeldFifth;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refine;
import dev.ablate.solve.gp.SharedProcess;
import dev.ablate.work.Work;
import java.util.stream.IntStream;

/**
 * Screening, a Gaussian process, trees and a lasso on single features compete on masks that they
 * have not seen, and the winner of each output, one of them or a blend, is fitted to all.
 *
 * <p>Many outputs share what they can: of few rows processes whose priors begin as those of a few
 * outputs compete in a contest of each output, of many rows one process for all outputs stands in
 * for the contests where those of some outputs gain next to nothing over it.
 */
public final class AutoEstimator implements Estimator {
  /** More outputs share what they can. */
  public static final int MANY = 32;

  /** What contests of their own may explain more of outputs, in R², before each has one. */
  private static final double WORTH = 0.05;

  private final Contest alone;
  private final Contest together;
  private final Estimator process;
  private final Estimator shared;

  /**
   * A contest.
   *
   * @param screen finds what is sparse, quickest of the three
   * @param process carries many small terms; takes everything where no masks can be held out
   * @param linked the process of what is before a link, for values that admit one
   * @param trees finds what hangs together with large terms of lower order
   * @param singles takes features alone, where noise hides all else
   * @param shared processes of many outputs at the price of a few
   * @param sharedLinked the same of what is before a link
   */
  public AutoEstimator(
      Estimator screen,
      Estimator process,
      Estimator linked,
      Estimator trees,
      Estimator singles,
      Estimator shared,
      Estimator sharedLinked) {
    this.process = process;
    this.shared = shared;
    this.alone = new Contest(screen, process, linked, trees, singles, false);
    this.together = new Contest(screen, shared, sharedLinked, trees, singles, true);
  }

  @Override
  public String name() {
    return Method.AUTO.toString();
  }

  @Override
  public String ran() {
    return process.ran();
  }

  @Override
  public Refine refine() {
    return process.refine();
  }

  @Override
  public Trial estimate(Problem train, Problem held) {
    return held == null
        ? (train.outputs() > MANY ? shared : process).estimate(train, null)
        : estimate(null, train, held);
  }

  /**
   * {@inheritDoc} Many outputs have one process for all where contests of some of them gain next to
   * nothing over it.
   */
  @Override
  public Trial estimate(Problem all, Problem train, Problem held) {
    if (train.outputs() <= MANY) {
      return alone.of(all, train, held);
    }
    if (train.rows() <= SharedProcess.OWN_ROWS) {
      return together.of(all, train, held);
    }
    Trial one = Work.part(shared.name(), 0.5, () -> shared.estimate(train, held));
    return gain(all, train, held, one) <= WORTH ? one : alone.of(all, train, held);
  }

  /**
   * What contests explain more of some outputs than a trial of all does: the mean of R², over those
   * that have one on the held-out rows.
   */
  private double gain(Problem all, Problem train, Problem held, Trial together) {
    int[] some =
        IntStream.of(SharedProcess.others(train))
            .filter(o -> !held.summary(o).constant())
            .toArray();
    if (some.length == 0) {
      return 0;
    }
    try (Problem allOf = all == null ? null : all.outputs(some);
        Problem trainOf = train.outputs(some);
        Problem heldOf = held.outputs(some)) {
      Trial contests = alone.of(allOf, trainOf, heldOf);
      double gain = 0;
      for (int k = 0; k < some.length; k++) {
        gain +=
            HeldFifth.r2(contests.spectrum(k), contests.link(k), heldOf, k)
                - HeldFifth.r2(together.spectrum(some[k]), held, some[k]);
      }
      return gain / some.length;
    }
  }
}
