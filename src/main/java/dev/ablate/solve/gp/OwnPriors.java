package dev.ablate.solve.gp;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.solve.Gain;
import dev.ablate.solve.Problem;
import dev.ablate.work.Work;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Priors of many outputs' own. A few outputs find theirs from nothing; every other one begins at
 * the one of those that makes it likeliest, and knows from there how the evidence bends, so that a
 * few evaluations settle it. Then all try a tilt in the same way, where held-out rows choose.
 */
final class OwnPriors {
  private static final PriorFit.Stage FIRST = new PriorFit.Stage(400, 2, 40);
  private static final PriorFit.Stage FIRST_TILTED = new PriorFit.Stage(400, 2, 12);
  private static final PriorFit.Stage OWN = new PriorFit.Stage(400, 2, 4);

  private final Problem rows;
  private final int[] drawn;
  private int[] groups;

  private OwnPriors(Problem rows, int[] drawn) {
    this.rows = rows;
    this.drawn = drawn;
  }

  /**
   * The priors.
   *
   * @param rows rows to fit, of mean 0, in random order
   * @param means what was taken off them
   * @param held rows that choose, or null
   * @param drawn the outputs that find their priors from nothing
   */
  static OwnFit.Priors of(Problem rows, double[] means, Problem held, int[] drawn) {
    return new OwnPriors(rows, drawn).priors(means, held);
  }

  private OwnFit.Priors priors(double[] means, Problem held) {
    int features = rows.features();
    Parameters alike = new Parameters(features, true, false, false, 0);
    Prior[] begin = new Prior[drawn.length];
    try (Problem some = rows.outputs(drawn)) {
      Arrays.setAll(begin, k -> Influences.prior(some, k));
    }
    Lbfgs[] first = first(begin, alike, FIRST);
    Prior[] shared = PriorFit.priors(first, alike);
    SharedFit likeliest = SharedFit.likeliest(rows, shared);
    groups = likeliest.choices();
    double[][] starts = new double[rows.outputs()][];
    Arrays.setAll(starts, o -> alike.scaled(first[groups[o]].best(), likeliest.scale(o)));
    Prior[] own = own(first, starts, alike);
    if (held != null && held.rows() >= PriorChoice.LEAST_HELD) {
      Parameters tilted = new Parameters(features, true, true, false, PriorChoice.TILTED);
      Lbfgs[] firstTilted = first(shared, tilted, FIRST_TILTED);
      double[][] from = Arrays.stream(own).map(tilted::point).toArray(double[][]::new);
      take(own(firstTilted, from, tilted), means, held, own);
    }
    return new OwnFit.Priors(own, groups);
  }

  private Lbfgs[] first(Prior[] start, Parameters parameters, PriorFit.Stage stage) {
    try (Problem some = rows.outputs(drawn)) {
      return PriorFit.climbs(
          rows.backend(), rows.masks(), some.values(), start, parameters, List.of(stage));
    }
  }

  private Prior[] own(Lbfgs[] first, double[][] starts, Parameters parameters) {
    Lbfgs[] climbs = new Lbfgs[starts.length];
    Arrays.setAll(climbs, o -> first[groups[o]].from(starts[o]));
    return PriorFit.onward(rows.backend(), rows.masks(), rows.values(), climbs, parameters, OWN);
  }

  /**
   * Other priors take the place of those that they are clearly better than on rows that are left
   * out.
   */
  private void take(Prior[] others, double[] means, Problem held, Prior[] chosen) {
    Work.forEach(
        chosen.length,
        o -> {
          try (Problem one = rows.outputs(o);
              Problem heldOf = held.outputs(o)) {
            double[] before = left(one, chosen[o], heldOf, means[o]);
            double[] after = left(one, others[o], heldOf, means[o]);
            if (Gain.isClear(before, after, PriorChoice.GAIN, 1)) {
              chosen[o] = others[o];
            }
          }
        });
  }

  /** What a process leaves of held-out rows, and of each of its own given the others. */
  private static double[] left(Problem one, Prior prior, Problem held, double mean) {
    double[] out = PriorChoice.left(one, 0, prior, held, mean);
    try (Given given = Given.of(one, 0, prior)) {
      return DoubleStream.concat(Arrays.stream(out), Arrays.stream(given.posterior().leaveOneOut()))
          .toArray();
    }
  }
}
