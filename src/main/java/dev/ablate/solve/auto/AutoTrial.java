package dev.ablate.solve.auto;

import dev.ablate.solve.Estimator.Fitted;
import dev.ablate.solve.Estimator.Trial;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the contest came to.
 *
 * @param entries those who competed
 * @param left the energies that screening left of each output
 * @param winners the number of the entry that won each output
 */
record AutoTrial(List<Entry> entries, OrderEnergies[] left, int[] winners) implements Trial {
  /** Decides the contest, after which the entries may be closed. */
  static AutoTrial of(List<Entry> entries, OrderEnergies[] left) {
    int[] winners = new int[left.length];
    Arrays.setAll(winners, o -> winner(entries, left[o], o));
    return new AutoTrial(entries, left, winners);
  }

  /**
   * The entry of least error; of equal ones the first. Where screening leaves nothing that is
   * clearly more than noise, another must be better by more than chance.
   */
  private static int winner(List<Entry> entries, OrderEnergies left, int output) {
    Entry first = entries.get(0);
    int best = 0;
    for (int e = 1; e < entries.size(); e++) {
      Entry entry = entries.get(e);
      boolean better =
          entry.competes(output)
              && entry.error(output) < entries.get(best).error(output)
              && (left.clear() || entry.clearlyBetter(first, output));
      best = better ? e : best;
    }
    return best;
  }

  private Entry winner(int output) {
    return entries.get(winners[output]);
  }

  @Override
  public Spectrum spectrum(int output) {
    return winner(output).spectrum(output);
  }

  @Override
  public List<Fitted> onAll(Problem all, int[] outputs) {
    Fitted[] fits = new Fitted[outputs.length];
    for (Entry entry : entries) {
      int[] won =
          IntStream.range(0, outputs.length).filter(k -> winner(outputs[k]) == entry).toArray();
      if (won.length > 0) {
        // A trial numbers its outputs by itself, so it is given those alone.
        int[] competed = IntStream.range(0, entry.place().length).filter(entry::competes).toArray();
        int[] places = IntStream.of(won).map(k -> entry.place()[outputs[k]]).toArray();
        try (Problem some = all.outputs(competed)) {
          List<Fitted> fitted = entry.trial().onAll(some, places);
          for (int k = 0; k < won.length; k++) {
            fits[won[k]] = explained(fitted.get(k), outputs[won[k]]);
          }
        }
      }
    }
    return List.of(fits);
  }

  /** For each term every contender whose trial holds it, and else the winner. */
  private List<List<String>> finders(Spectrum spectrum, int output) {
    List<String> winner = List.of(winner(output).name());
    List<List<String>> finders = new ArrayList<>();
    for (int s = 0; s < spectrum.size(); s++) {
      int[] set = spectrum.sets().get(s);
      List<String> found =
          entries.stream()
              .filter(entry -> entry.competes(output))
              .filter(entry -> entry.spectrum(output).indexOf(set) >= 0)
              .map(Entry::name)
              .toList();
      finders.add(found.isEmpty() ? winner : found);
    }
    return finders;
  }

  /** The same fit with what the contest came to. */
  private Fitted explained(Fitted fit, int output) {
    Map<String, Double> reached = new LinkedHashMap<>();
    for (Entry entry : entries) {
      if (entry.competes(output)) {
        reached.put(entry.name(), entry.r2()[output]);
      }
    }
    FitReport report =
        new FitReport.Contest(
            reached,
            winner(output).name(),
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
        fit.refit());
  }
}
