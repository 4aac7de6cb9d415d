package dev.ablate.solve.auto;

import dev.ablate.solve.Estimator;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refine;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Estimators compete on the held-out masks, and the winner of each output is fitted to all. The
 * first one goes first: where it leaves nothing but noise, no other can do better, and none is
 * asked.
 */
public final class AutoEstimator implements Estimator {
  private final List<Estimator> contenders;
  private final Estimator alone;

  /**
   * A contest.
   *
   * @param contenders at least one; the first should be the quickest to find what is sparse
   * @param alone takes everything where no masks can be held out
   */
  public AutoEstimator(List<Estimator> contenders, Estimator alone) {
    this.contenders = List.copyOf(contenders);
    this.alone = alone;
  }

  @Override
  public String name() {
    return "auto";
  }

  @Override
  public Refine refine() {
    return alone.refine();
  }

  @Override
  public Trial estimate(Problem train, Problem held) {
    if (held == null) {
      return alone.estimate(train, null);
    }
    int outputs = train.outputs().size();
    List<Entry> entries = new ArrayList<>();
    int[] open = IntStream.range(0, outputs).toArray();
    OrderEnergies[] left = new OrderEnergies[outputs];
    for (int c = 0; c < contenders.size() && open.length > 0; c++) {
      Problem some = train.outputs(open);
      Trial trial = contenders.get(c).estimate(some, held.outputs(open));
      entries.add(Entry.of(contenders.get(c).name(), trial, open, held));
      if (c == 0 && contenders.size() > 1) {
        for (int k = 0; k < open.length; k++) {
          left[open[k]] = OrderEnergies.of(some.masks(), residual(some, k, trial.spectrum(k)));
        }
        open = IntStream.of(open).filter(o -> left[o].clear()).toArray();
      }
    }
    return new AutoTrial(entries, left);
  }

  /** What a spectrum leaves of the rows of its trial, without its mean. */
  private static double[] residual(Problem train, int output, Spectrum spectrum) {
    double[] values = train.outputs().get(output);
    double[] rest = spectrum.evaluate(train.masks(), train.backend());
    Arrays.setAll(rest, r -> values[r] - rest[r]);
    double mean = Arrays.stream(rest).average().orElse(0);
    return Arrays.stream(rest).map(v -> v - mean).toArray();
  }

  /**
   * A contender's trial.
   *
   * @param place {@code (outputs)} which output of the trial each output is, -1 for none
   * @param r2 {@code (outputs)} on the held-out masks, NaN where it did not compete
   */
  private record Entry(String name, Trial trial, int[] place, double[] r2) {
    static Entry of(String name, Trial trial, int[] open, Problem held) {
      int outputs = held.outputs().size();
      int[] place = new int[outputs];
      double[] r2 = new double[outputs];
      Arrays.fill(place, -1);
      Arrays.fill(r2, Double.NaN);
      for (int k = 0; k < open.length; k++) {
        int o = open[k];
        place[o] = k;
        double[] predicted = trial.spectrum(k).evaluate(held.masks(), held.backend());
        r2[o] = R2.of(held.outputs().get(o), predicted);
      }
      return new Entry(name, trial, place, r2);
    }
  }

  private record AutoTrial(List<Entry> entries, OrderEnergies[] left) implements Trial {
    /** The entry of largest R²; of equal ones the first. */
    private Entry winner(int output) {
      Entry best = null;
      for (Entry entry : entries) {
        boolean better = best == null || entry.r2[output] > best.r2[output];
        best = entry.place[output] >= 0 && better ? entry : best;
      }
      return best;
    }

    @Override
    public Spectrum spectrum(int output) {
      Entry winner = winner(output);
      return winner.trial.spectrum(winner.place[output]);
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] outputs) {
      Fitted[] fits = new Fitted[outputs.length];
      for (Entry entry : entries) {
        int[] won =
            IntStream.range(0, outputs.length).filter(k -> winner(outputs[k]) == entry).toArray();
        if (won.length > 0) {
          // The trial numbers its outputs by itself, so it is given those alone.
          Problem own = all.outputs(competed(entry));
          int[] places = IntStream.of(won).map(k -> entry.place[outputs[k]]).toArray();
          List<Fitted> fitted = entry.trial.onAll(own, places);
          for (int k = 0; k < won.length; k++) {
            fits[won[k]] = explained(fitted.get(k), outputs[won[k]]);
          }
        }
      }
      return List.of(fits);
    }

    private static int[] competed(Entry entry) {
      return IntStream.range(0, entry.place.length).filter(o -> entry.place[o] >= 0).toArray();
    }

    /** For each term every contender whose trial holds it, and else the winner. */
    private List<List<String>> finders(Spectrum spectrum, int output) {
      List<String> winner = List.of(winner(output).name);
      List<List<String>> finders = new ArrayList<>();
      for (int s = 0; s < spectrum.size(); s++) {
        int[] set = spectrum.sets().get(s);
        List<String> found =
            entries.stream()
                .filter(entry -> entry.place[output] >= 0)
                .filter(e -> e.trial.spectrum(e.place[output]).indexOf(set) >= 0)
                .map(Entry::name)
                .toList();
        finders.add(found.isEmpty() ? winner : found);
      }
      return finders;
    }

    /** The same fit with what the contest came to. */
    private Fitted explained(Fitted fit, int output) {
      Map<String, Object> reached = new LinkedHashMap<>();
      for (Entry entry : entries) {
        if (entry.place[output] >= 0) {
          reached.put(entry.name, entry.r2[output]);
        }
      }
      Map<String, Object> settings = new LinkedHashMap<>();
      settings.put("held_out_r2", reached);
      settings.put("chosen", winner(output).name);
      if (left[output] != null) {
        settings.put("energy_left_scores", Arrays.stream(left[output].scores()).boxed().toList());
        settings.put("energy_clear_score", OrderEnergies.CLEAR);
      }
      settings.putAll(fit.settings());
      return new Fitted(
          fit.spectrum(),
          fit.standardErrors(),
          finders(fit.spectrum(), output),
          fit.ran(),
          fit.refine(),
          settings,
          fit.notes());
    }
  }
}
