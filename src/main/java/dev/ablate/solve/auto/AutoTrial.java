package dev.ablate.solve.auto;

import dev.ablate.solve.Estimator.Fitted;
import dev.ablate.solve.Estimator.Trial;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.HeldFifth;
import dev.ablate.solve.OrderEnergies;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refine;
import dev.ablate.solve.surrogate.Surrogate;
import dev.ablate.solve.surrogate.WeightedSum;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What the contest came to.
 *
 * @param entries those who competed
 * @param left the energies that screening left of each output
 * @param decisions who won each output
 * @param readsFunctions whether interactions are read off the fitted functions
 */
record AutoTrial(
    List<Entry> entries, OrderEnergies[] left, Decision[] decisions, boolean readsFunctions)
    implements Trial {
  @Override
  public Spectrum spectrum(int output) {
    List<Spectrum> parts = new ArrayList<>();
    for (int e : decisions[output].members()) {
      parts.add(entries.get(e).spectrum(output).scale(decisions[output].weights()[e]));
    }
    return parts.stream().reduce(Spectrum::plus).orElseThrow();
  }

  /** That of the winner; contenders with a link are not blended. */
  @Override
  public Link link(int output) {
    return entries.get(decisions[output].members()[0]).link(output);
  }

  /** Over all fifths; what the fit of all rows loses against the trial is known of the first. */
  @Override
  public double heldOutR2(int output, Problem held, Spectrum refitted) {
    double lost =
        HeldFifth.r2(spectrum(output), link(output), held, output)
            - HeldFifth.r2(refitted, link(output), held, output);
    return decisions[output].r2() - (lost > 0 ? lost : 0);
  }

  @Override
  public int heldOutRows(int output, Problem held) {
    return decisions[output].rows();
  }

  @Override
  public List<Fitted> onAll(Problem all, int[] outputs) {
    List<Map<Integer, Fitted>> parts = new ArrayList<>();
    Arrays.stream(outputs).forEach(o -> parts.add(new LinkedHashMap<>()));
    for (int e = 0; e < entries.size(); e++) {
      Entry entry = entries.get(e);
      int number = e;
      int[] won =
          IntStream.range(0, outputs.length)
              .filter(k -> decisions[outputs[k]].weights()[number] > 0)
              .toArray();
      if (won.length > 0) {
        int[] places = IntStream.of(won).map(k -> entry.place(outputs[k])).toArray();
        try (Problem some = all.outputs(won)) {
          List<Fitted> fitted = entry.trial().onAll(some, places);
          for (int k = 0; k < won.length; k++) {
            parts.get(won[k]).put(e, fitted.get(k));
          }
        }
      }
    }
    return IntStream.range(0, outputs.length)
        .mapToObj(k -> explained(blended(parts.get(k), decisions[outputs[k]]), outputs[k]))
        .toList();
  }

  /** The fits of the winner's members as one. */
  private Fitted blended(Map<Integer, Fitted> parts, Decision decision) {
    if (parts.size() == 1) {
      return parts.values().iterator().next();
    }
    Map<String, FitReport> reports = new LinkedHashMap<>();
    Map<String, Double> weights = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    Spectrum sum = null;
    for (Map.Entry<Integer, Fitted> part : parts.entrySet()) {
      double weight = decision.weights()[part.getKey()];
      Spectrum share = part.getValue().spectrum().scale(weight);
      sum = sum == null ? share : sum.plus(share);
      reports.put(entries.get(part.getKey()).name(), part.getValue().report());
      weights.put(entries.get(part.getKey()).name(), weight);
      notes.addAll(part.getValue().notes());
    }
    double[] errors = new double[sum.size()];
    for (int s = 0; s < errors.length; s++) {
      for (Map.Entry<Integer, Fitted> part : parts.entrySet()) {
        // All were fitted to the same values: their errors go together.
        double error = StackedTrial.error(part.getValue(), sum.sets().get(s));
        errors[s] += decision.weights()[part.getKey()] * error;
      }
    }
    return new Fitted(
        sum,
        errors,
        List.of(),
        Decision.BLEND,
        Refine.NONE,
        new FitReport.Blend(weights, reports, sum.size()),
        notes,
        together(parts, decision, Fitted::function),
        parts.values().stream().allMatch(Fitted::repeatable)
            ? rows -> together(parts, decision, part -> part.again(rows))
            : null);
  }

  private static Surrogate together(
      Map<Integer, Fitted> parts, Decision decision, Function<Fitted, Surrogate> function) {
    return new WeightedSum(
        parts.values().stream().map(function).toList(),
        parts.keySet().stream().mapToDouble(e -> decision.weights()[e]).toArray());
  }

  /** For each term every contender whose trial holds it, and else the winner's members. */
  private List<List<String>> finders(Spectrum spectrum, int output) {
    List<String> members =
        Arrays.stream(decisions[output].members()).mapToObj(e -> entries.get(e).name()).toList();
    List<List<String>> finders = new ArrayList<>();
    for (int s = 0; s < spectrum.size(); s++) {
      int[] set = spectrum.sets().get(s);
      List<String> found =
          entries.stream()
              .filter(entry -> entry.competes(output))
              .filter(entry -> entry.spectrum(output).indexOf(set) >= 0)
              .map(Entry::name)
              .toList();
      finders.add(found.isEmpty() ? members : found);
    }
    return finders;
  }

  /** The same fit with what the contest came to. */
  private Fitted explained(Fitted fit, int output) {
    FitReport report =
        new FitReport.Contest(
            decisions[output].reached(),
            decisions[output].chosen(),
            Arrays.stream(left[output].scores()).boxed().toList(),
            OrderEnergies.CLEAR,
            fit.report());
    return new Fitted(
        fit.spectrum(),
        fit.standardErrors(),
        finders(fit.spectrum(), output),
        fit.ran(),
        fit.refine(),
        report,
        fit.notes(),
        fit.surrogate(),
        fit.refit(),
        fit.link());
  }
}
