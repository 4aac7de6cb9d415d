package dev.ablate.solve.auto;

import dev.ablate.solve.Centred;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.HeldFifth;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refine;
import dev.ablate.solve.gp.LinkedEstimator;
import dev.ablate.solve.gp.SharedProcess;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Screening, a Gaussian process, trees and a lasso on single features compete on masks that they
 * have not seen, and the winner of each output, one of them or a blend, is fitted to all.
 *
 * <p>Screening goes first: where it leaves no more energy in any order than noise does, and what
 * could hide below that is little, no other is asked. Where it leaves some and still does better
 * than the process, a process on what it leaves competes too.
 *
 * <p>Where a fifth of the masks is few, those who may still win are fitted without each of the
 * other fifths too.
 */
public final class AutoEstimator implements Estimator {
  /** Share of the squares that is rounding. */
  private static final double ROUNDING = 1e-20;

  /**
   * Share of the variance that nobody need look for. Screening takes what it finds from the masks
   * that energies are measured on, so that they show too little of what it leaves.
   */
  private static final double HIDDEN = 0.002;

  /** So many held-out masks tell contenders apart; fewer call for another fifth. */
  private static final int ENOUGH = 300;

  /** Who leaves more than so many times what the best leaves has lost. */
  private static final double LOST = 3;

  /** More outputs share what they can. */
  private static final int MANY = 32;

  /** What contests of their own may explain more of outputs, in R², before each has one. */
  private static final double WORTH = 0.05;

  private final Estimator screen;
  private final Estimator process;
  private final LinkedEstimator linked;
  private final Estimator trees;
  private final Estimator singles;
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
   */
  public AutoEstimator(
      Estimator screen,
      Estimator process,
      LinkedEstimator linked,
      Estimator trees,
      Estimator singles,
      Estimator shared) {
    this.screen = screen;
    this.process = process;
    this.linked = linked;
    this.trees = trees;
    this.singles = singles;
    this.shared = shared;
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
    return held == null ? process.estimate(train, null) : estimate(null, train, held);
  }

  /**
   * {@inheritDoc} Many outputs have one process for all where contests of some of them gain next to
   * nothing over it.
   */
  @Override
  public Trial estimate(Problem all, Problem train, Problem held) {
    if (train.outputs() > MANY) {
      Trial together = Work.part(shared.name(), 0.5, () -> shared.estimate(train, held));
      if (gain(all, train, held, together) <= WORTH) {
        return together;
      }
    }
    return contests(all, train, held);
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
      Trial contests = contests(allOf, trainOf, heldOf);
      double gain = 0;
      for (int k = 0; k < some.length; k++) {
        gain +=
            HeldFifth.r2(contests.spectrum(k), contests.link(k), heldOf, k)
                - HeldFifth.r2(together.spectrum(some[k]), held, some[k]);
      }
      return gain / some.length;
    }
  }

  private Trial contests(Problem all, Problem train, Problem held) {
    List<Entry> entries = new ArrayList<>();
    OrderEnergies[] left = contest(train, held, entries);
    List<double[]> spreads = new ArrayList<>(List.of(spreads(held)));
    int rows = held.rows();
    for (int fifth = 1; fifth < HeldFifth.FOLDS && all != null && rows < ENOUGH; fifth++) {
      HeldFifth further = HeldFifth.fifth(all, fifth);
      int more = HeldFifth.FOLDS - fifth;
      rows += Work.part("further fifths", 1.0 / more, () -> again(all, further, entries, spreads));
    }
    Decision[] decisions = new Decision[left.length];
    for (int o = 0; o < decisions.length; o++) {
      int output = o;
      double[] of = spreads.stream().mapToDouble(s -> s[output]).toArray();
      decisions[o] = Decision.of(entries, o, of, left[o].clear());
    }
    return new AutoTrial(entries, left, decisions);
  }

  /** Fits those who may still win without another fifth; the number of rows that it has. */
  private static int again(
      Problem all, HeldFifth fifth, List<Entry> entries, List<double[]> spreads) {
    try (Problem train = all.select(fifth.train());
        Problem held = all.select(fifth.held())) {
      boolean varies =
          IntStream.range(0, all.outputs()).noneMatch(o -> train.summary(o).constant());
      List<Entry> open = entries.stream().filter(e -> mayWin(e, entries)).toList();
      if (varies && open.size() > 1) {
        open.forEach(entry -> entry.again(train, held));
        spreads.add(spreads(held));
      }
      return held.rows();
    }
  }

  /** Whether a contender is not far behind the best for any of its outputs. */
  private static boolean mayWin(Entry entry, List<Entry> entries) {
    // The first is what all others are held against.
    return entry == entries.get(0)
        || Arrays.stream(entry.competes())
            .anyMatch(
                o ->
                    entries.stream()
                        .filter(other -> other.competes(o))
                        .allMatch(other -> entry.error(o) <= LOST * other.error(o)));
  }

  /** {@code (outputs)} sums of squares about the mean. */
  private static double[] spreads(Problem held) {
    double[] spreads = new double[held.outputs()];
    Arrays.setAll(
        spreads, o -> held.backend().rows().errors(held.output(o), held.output(o)).total());
    return spreads;
  }

  /** Lets estimators compete, and gives the energies that screening leaves of each output. */
  private OrderEnergies[] contest(Problem train, Problem held, List<Entry> entries) {
    int[] every = IntStream.range(0, train.outputs()).toArray();
    Entry screened =
        Work.part(
            screen.name(),
            0.3,
            () ->
                new Entry(
                        screen.name(),
                        screen::again,
                        screen.estimate(train, held),
                        every,
                        every.length)
                    .scored(held));
    entries.add(screened);
    OrderEnergies[] left = new OrderEnergies[every.length];
    int[] open = open(train, held, screened, left);
    if (open.length > 0) {
      Entry smooth = entry(process, train, held, open, 0.4);
      entries.add(smooth);
      int[] sparse = IntStream.of(open).filter(o -> screened.error(o) < smooth.error(o)).toArray();
      if (sparse.length > 0) {
        String name = screen.name() + "+" + process.name();
        // Screening goes first in every division, so that its search serves both.
        Entry.Refit refit =
            (before, some, rest) ->
                StackedTrial.of(
                    name, new PartOfTrial(screened.latest(), sparse), process, some, rest);
        try (Problem trainOf = train.outputs(sparse);
            Problem heldOf = held.outputs(sparse)) {
          Trial stacked = Work.part(name, 0.3, () -> refit.of(null, trainOf, heldOf));
          entries.add(new Entry(name, refit, stacked, sparse, every.length).scored(held));
        }
      }
      int[] bounded =
          IntStream.of(open).filter(o -> LinkedEstimator.admits(train, held, o)).toArray();
      if (bounded.length > 0) {
        entries.add(entry(linked, train, held, bounded, 0.3));
      }
      entries.add(entry(trees, train, held, open, 0.6));
      entries.add(entry(singles, train, held, open, 0.2));
    }
    return left;
  }

  /** The outputs that screening does not explain; fills in the energies that it leaves of all. */
  private static int[] open(Problem train, Problem held, Entry screened, OrderEnergies[] left) {
    double[] spreads = spreads(held);
    double[] unexplained = new double[left.length];
    for (int o = 0; o < left.length; o++) {
      try (Problem one = train.outputs(o);
          Centred values = one.centred();
          Problem rest = one.less(List.of(screened.spectrum(o)));
          Centred centred = rest.centred()) {
        double all = values.problem().summary(0).squares();
        double squares = centred.problem().summary(0).squares();
        left[o] =
            squares <= ROUNDING * all
                ? OrderEnergies.none(train.features())
                : OrderEnergies.of(centred.problem());
        unexplained[o] =
            Math.max(squares / all, spreads[o] > 0 ? screened.error(o) / spreads[o] : 1);
      }
    }
    return IntStream.range(0, left.length)
        .filter(o -> left[o].clear() || mayHide(left[o], unexplained[o]))
        .toArray();
  }

  /**
   * Whether what may be left unseen is worth a look; what is unexplained is a share of the rows of
   * the trial or of the held-out ones, whichever is larger.
   */
  private static boolean mayHide(OrderEnergies left, double unexplained) {
    return left.hidden() * Math.min(1, unexplained) > HIDDEN;
  }

  /** A contender, whose trial takes a share of the work that is left. */
  private static Entry entry(
      Estimator contender, Problem train, Problem held, int[] open, double share) {
    try (Problem trainOf = train.outputs(open);
        Problem heldOf = held.outputs(open)) {
      Trial trial = Work.part(contender.name(), share, () -> contender.estimate(trainOf, heldOf));
      return new Entry(contender.name(), contender::again, trial, open, held.outputs())
          .scored(held);
    }
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
      int[] picks = new int[Arrays.stream(outputs).max().orElse(0) + 1];
      Arrays.setAll(picks, o -> Math.max(0, Arrays.binarySearch(outputs, o)));
      try (Problem placed = all.outputs(picks)) {
        return whole.onAll(placed, IntStream.of(some).map(k -> outputs[k]).toArray());
      }
    }
  }
}
