package dev.ablate.benchmarks;

import dev.ablate.spectrum.Spectrum;

/** How much of a planted spectrum was found. */
final class Recovery {
  /** A coefficient counts when it is this close, as a share of the true magnitude. */
  static final double TOLERANCE = 0.3;

  private Recovery() {}

  /** True terms but the empty set. */
  static int terms(Spectrum truth) {
    return truth.ofOrders(1, truth.features()).size();
  }

  /**
   * True terms that were found: the set is there, and its coefficient has the true sign and lies
   * within {@value #TOLERANCE} of the true magnitude. The empty set does not count.
   */
  static int found(Spectrum truth, Spectrum recovered) {
    int found = 0;
    for (int t = 0; t < truth.size(); t++) {
      double expected = truth.coefficient(t);
      double got = recovered.coefficientOf(truth.sets().get(t));
      boolean counts = truth.sets().order(t) > 0;
      if (counts && Math.abs(got - expected) <= TOLERANCE * Math.abs(expected)) {
        found++;
      }
    }
    return found;
  }
}
