package dev.ablate.solve.auto;

import dev.ablate.solve.Estimator;
import dev.ablate.solve.Estimator.Fitted;
import dev.ablate.solve.Estimator.Trial;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
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
    List<Spectrum> spectra = new ArrayList<>();
    for (int o = 0; o < train.outputs().size(); o++) {
      spectra.add(first.spectrum(o));
    }
    return new StackedTrial(
        name, first, estimator.estimate(rest(train, spectra), rest(held, spectra)), spectra.size());
  }

  /** What spectra leave of the outputs of a problem. */
  static Problem rest(Problem problem, List<Spectrum> spectra) {
    List<double[]> left = new ArrayList<>();
    for (int o = 0; o < spectra.size(); o++) {
      double[] values = problem.outputs().get(o);
      double[] rest = spectra.get(o).evaluate(problem.masks(), problem.backend());
      Arrays.setAll(rest, r -> values[r] - rest[r]);
      left.add(rest);
    }
    return new Problem(problem.masks(), left, problem.backend(), problem.seed());
  }

  @Override
  public Spectrum spectrum(int output) {
    return sums.get(output);
  }

  @Override
  public List<Fitted> onAll(Problem all, int[] outputs) {
    List<Fitted> large = first.onAll(all, outputs);
    List<Fitted> sums = new ArrayList<>();
    for (int k = 0; k < outputs.length; k++) {
      Fitted below = large.get(k);
      Problem rest = rest(all.outputs(new int[] {outputs[k]}), List.of(below.spectrum()));
      // The second trial knows the output by its own number, so the others stand in with zeros.
      Fitted above = second.onAll(placed(rest, outputs[k]), new int[] {outputs[k]}).get(0);
      sums.add(sum(below, above));
    }
    return sums;
  }

  private static Problem placed(Problem rest, int output) {
    List<double[]> outputs = new ArrayList<>();
    for (int o = 0; o < output; o++) {
      outputs.add(new double[rest.masks().count()]);
    }
    outputs.add(rest.outputs().get(0));
    return new Problem(rest.masks(), outputs, rest.backend(), rest.seed());
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
    return new Fitted(spectrum, errors, List.of(), name, a.refine(), report, notes);
  }

  /** The error of a term, 0 where the fit does not hold it. */
  private static double error(Fitted fit, int[] set) {
    int at = fit.spectrum().indexOf(set);
    if (at < 0) {
      return 0;
    }
    return fit.standardErrors().length == 0 ? Double.NaN : fit.standardErrors()[at];
  }
}
