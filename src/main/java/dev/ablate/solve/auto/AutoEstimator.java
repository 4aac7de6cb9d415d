package dev.ablate.solve.auto;

import dev.ablate.solve.Estimator;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refine;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Screening, a Gaussian process and trees compete on the held-out masks, and the winner of each
 * output is fitted to all.
 *
 * <p>Screening goes first: where it leaves no more energy in any order than noise does, and what
 * could hide below that is little, no other is asked. Where it leaves some and still does better
 * than the process, a process on what it leaves competes too.
 */
public final class AutoEstimator implements Estimator {
  /** Share of the squares that is rounding. */
  private static final double ROUNDING = 1e-20;

  /** Share of the variance that nobody need look for. */
  private static final double HIDDEN = 0.02;

  private final Estimator screen;
  private final Estimator process;
  private final Estimator trees;

  /**
   * A contest.
   *
   * @param screen finds what is sparse, quickest of the three
   * @param process carries many small terms; takes everything where no masks can be held out
   * @param trees finds what hangs together with large terms of lower order
   */
  public AutoEstimator(Estimator screen, Estimator process, Estimator trees) {
    this.screen = screen;
    this.process = process;
    this.trees = trees;
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
    if (held == null) {
      return process.estimate(train, null);
    }
    int[] every = IntStream.range(0, train.outputs().size()).toArray();
    List<Entry> entries = new ArrayList<>();
    Entry screened = Entry.of(screen.name(), screen.estimate(train, held), every, held);
    entries.add(screened);
    OrderEnergies[] left = new OrderEnergies[every.length];
    Arrays.setAll(left, o -> left(train, o, screened.spectrum(o)));
    int[] open =
        IntStream.of(every)
            .filter(o -> left[o].clear() || mayHide(left[o], unexplained(train, o, screened)))
            .toArray();
    if (open.length > 0) {
      Entry smooth = entry(process, train, held, open);
      entries.add(smooth);
      int[] sparse = IntStream.of(open).filter(o -> screened.r2()[o] > smooth.r2()[o]).toArray();
      if (sparse.length > 0) {
        String name = screen.name() + "+" + process.name();
        Trial part = new PartOfTrial(screened.trial(), sparse);
        Trial stacked =
            StackedTrial.of(name, part, process, train.outputs(sparse), held.outputs(sparse));
        entries.add(Entry.of(name, stacked, sparse, held));
      }
      entries.add(entry(trees, train, held, open));
    }
    return new AutoTrial(entries, left);
  }

  /** Whether what may be left unseen is worth a look. */
  private static boolean mayHide(OrderEnergies left, double unexplained) {
    return left.hidden() * Math.min(1, unexplained) > HIDDEN;
  }

  /** The share that a fit leaves of the held-out masks or of its own, whichever is larger. */
  private static double unexplained(Problem train, int output, Entry entry) {
    double[] values = train.outputs().get(output);
    double own = squares(rest(train, output, entry.spectrum(output))) / squares(centred(values));
    return Math.max(own, 1 - entry.r2()[output]);
  }

  private static double[] rest(Problem train, int output, Spectrum spectrum) {
    Problem one = train.outputs(new int[] {output});
    return centred(StackedTrial.rest(one, List.of(spectrum)).outputs().get(0));
  }

  private static Entry entry(Estimator contender, Problem train, Problem held, int[] open) {
    Trial trial = contender.estimate(train.outputs(open), held.outputs(open));
    return Entry.of(contender.name(), trial, open, held);
  }

  /** The energies that a spectrum leaves of the rows of its trial; none where it is rounding. */
  private static OrderEnergies left(Problem train, int output, Spectrum spectrum) {
    double[] values = train.outputs().get(output);
    double[] rest = rest(train, output, spectrum);
    boolean rounding = squares(rest) <= ROUNDING * squares(centred(values));
    return OrderEnergies.of(train.masks(), rounding ? new double[rest.length] : rest);
  }

  private static double[] centred(double[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    return Arrays.stream(values).map(v -> v - mean).toArray();
  }

  private static double squares(double[] values) {
    return Arrays.stream(values).map(v -> v * v).sum();
  }

  /**
   * Some outputs of a trial, under new numbers.
   *
   * @param outputs the trial's number of each
   */
  private record PartOfTrial(Trial whole, int[] outputs) implements Trial {
    @Override
    public Spectrum spectrum(int output) {
      return whole.spectrum(outputs[output]);
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] some) {
      int most = Arrays.stream(outputs).max().orElse(0);
      List<double[]> placed = new ArrayList<>();
      for (int o = 0; o <= most; o++) {
        int at = Arrays.binarySearch(outputs, o);
        placed.add(all.outputs().get(Math.max(0, at)));
      }
      Problem whole = new Problem(all.masks(), placed, all.backend(), all.seed());
      return this.whole.onAll(whole, IntStream.of(some).map(k -> outputs[k]).toArray());
    }
  }
}
