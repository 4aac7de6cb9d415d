package dev.ablate.solve.auto;

import dev.ablate.solve.Estimator;
import dev.ablate.solve.Estimator.Fitted;
import dev.ablate.solve.Estimator.Trial;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Problem;
import dev.ablate.solve.surrogate.Surrogate;
import dev.ablate.solve.surrogate.WeightedSum;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One estimator on what another leaves: a few large terms from the first, thousands of small ones
 * from the second.
 */
final class StackedTrial implements Trial {
  private final String name;
  private final Trial first;
  private final Trial second;
  private final List<Spectrum> sums;

  private StackedTrial(String name, Trial first, Trial second, int outputs) {
    this.name = name;
    this.first = first;
    this.second = second;
    this.sums =
        IntStream.range(0, outputs)
            .mapToObj(o -> first.spectrum(o).plus(second.spectrum(o)))
            .toList();
  }

  /**
   * Fits what a trial leaves.
   *
   * @param name name of the stack, such as {@code screen+gp}
   * @param first a trial of {@code train}
   * @param estimator fits the rest
   */
  static StackedTrial of(
      String name, Trial first, Estimator estimator, Problem train, Problem held) {
    List<Spectrum> spectra = IntStream.range(0, train.outputs()).mapToObj(first::spectrum).toList();
    try (Problem trainRest = train.less(spectra);
        Problem heldRest = held.less(spectra)) {
      return new StackedTrial(name, first, estimator.estimate(trainRest, heldRest), spectra.size());
    }
  }

  /**
   * Fits what a trial leaves of other rows, with what was chosen on those of an earlier stack.
   *
   * @param before the earlier stack
   * @param places its number of each output
   * @param first a trial of {@code train}
   */
  static StackedTrial again(
      StackedTrial before,
      int[] places,
      Trial first,
      Estimator estimator,
      Problem train,
      Problem held) {
    List<Spectrum> spectra = IntStream.range(0, train.outputs()).mapToObj(first::spectrum).toList();
    try (Problem trainRest = train.less(spectra);
        Problem heldRest = held.less(spectra)) {
      Trial second = estimator.again(before.second, places, trainRest, heldRest);
      return new StackedTrial(before.name, first, second, spectra.size());
    }
  }

  @Override
  public Spectrum spectrum(int output) {
    return sums.get(output);
  }

  @Override
  public List<Fitted> onAll(Problem all, int[] outputs) {
    List<Fitted> large = first.onAll(all, outputs);
    List<Fitted> sums = new ArrayList<>();
    try (Problem rest = all.less(large.stream().map(Fitted::spectrum).toList())) {
      List<Fitted> small = second.onAll(rest, outputs);
      for (int k = 0; k < outputs.length; k++) {
        sums.add(sum(large.get(k), small.get(k)));
      }
    }
    return sums;
  }

  private Fitted sum(Fitted a, Fitted b) {
    Spectrum spectrum = a.spectrum().plus(b.spectrum());
    double[] errors = new double[spectrum.size()];
    for (int s = 0; s < errors.length; s++) {
      int[] set = spectrum.sets().get(s);
      errors[s] = Math.hypot(error(a, set), error(b, set));
    }
    FitReport report = new FitReport.Stacked(a.report(), b.report(), spectrum.size());
    List<String> notes = new ArrayList<>(a.notes());
    notes.addAll(b.notes());
    return new Fitted(
        spectrum,
        errors,
        List.of(),
        name,
        a.refine(),
        report,
        notes,
        WeightedSum.of(a.function(), b.function()),
        a.repeatable() && b.repeatable() ? rows -> again(a, b, rows) : null);
  }

  /** The second of what the first leaves, both made again. */
  private static Surrogate again(Fitted a, Fitted b, Problem rows) {
    Surrogate first = a.again(rows);
    double[] left = first.at(rows.masks(), rows.backend());
    try (Problem rest = rows.less(left)) {
      return WeightedSum.of(first, b.again(rest));
    }
  }

  /** The error of a term, 0 where the fit does not hold it. */
  static double error(Fitted fit, int[] set) {
    int at = fit.spectrum().indexOf(set);
    if (at < 0) {
      return 0;
    }
    return fit.standardErrors().length == 0 ? Double.NaN : fit.standardErrors()[at];
  }
}
