package dev.ablate.solve.auto;

import dev.ablate.code.Philox;
import dev.ablate.solve.Centred;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.Estimator.Trial;
import dev.ablate.solve.Gain;
import dev.ablate.solve.HeldFifth;
import dev.ablate.solve.OrderEnergies;
import dev.ablate.solve.Problem;
import dev.ablate.solve.gp.LinkedEstimator;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A contest for each output.
 *
 * <p>Screening goes first: where it leaves no more energy in any order than noise does, and what
 * could hide below that is little, no other is asked. Where it leaves some and still does better
 * than the process, a process on what it leaves competes too.
 *
 * <p>Where a fifth of the masks is few, those who may still win are fitted without each of the
 * other fifths too.
 *
 * <p>Of many outputs trees, which share nothing, compete for a few that are drawn, and for the
 * others where that was worth it; and outputs of which one contender is far ahead are not fitted
 * again.
 */
final class Contest {
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

  /** Outputs that show what trees are worth to many. */
  private static final int TRIED = 8;

  /** What trees must explain more of those, in R², in the mean. */
  private static final double WORTH = 0.01;

  /** Single features can do better than others where those leave more than so much. */
  private static final double UNEXPLAINED = 0.5;

  /** What another fifth takes, as a share of the first: priors are known by then. */
  private static final double FURTHER = 0.5;

  private static final int STREAM = 0x74726565;

  private final Estimator screen;
  private final Estimator process;
  private final Estimator linked;
  private final Estimator trees;
  private final Estimator singles;
  private final boolean many;

  /**
   * A contest, of contenders as of {@link AutoEstimator}.
   *
   * @param many whether contenders share what they can among outputs
   */
  Contest(
      Estimator screen,
      Estimator process,
      Estimator linked,
      Estimator trees,
      Estimator singles,
      boolean many) {
    this.screen = screen;
    this.process = process;
    this.linked = linked;
    this.trees = trees;
    this.singles = singles;
    this.many = many;
  }

  /**
   * Lets estimators compete.
   *
   * @param all the rows of both, or null where further divisions are not wanted
   * @param train the rows to fit
   * @param held rows that fitting may not touch
   */
  Trial of(Problem all, Problem train, Problem held) {
    List<Entry> entries = new ArrayList<>();
    int rows = held.rows();
    double fifths =
        all == null ? 0 : Math.min(HeldFifth.FOLDS - 1, Math.ceil((double) ENOUGH / rows - 1));
    OrderEnergies[] left =
        Work.part(null, 1 / (1 + FURTHER * fifths), () -> contest(train, held, entries));
    List<double[]> spreads = new ArrayList<>(List.of(spreads(held)));
    for (int fifth = 1; fifth < HeldFifth.FOLDS && all != null && rows < ENOUGH; fifth++) {
      HeldFifth further = HeldFifth.fifth(all, fifth);
      double more = Math.max(1, fifths + 1 - fifth);
      rows += Work.part("further fifths", 1 / more, () -> again(all, further, entries, spreads));
    }
    Decision[] decisions = new Decision[left.length];
    for (int o = 0; o < decisions.length; o++) {
      int output = o;
      double[] of =
          spreads.stream().mapToDouble(s -> s[output]).filter(s -> !Double.isNaN(s)).toArray();
      decisions[o] = Decision.of(entries, o, of, left[o].clear());
    }
    return new AutoTrial(entries, left, decisions, !many);
  }

  /** Fits those who may still win without another fifth; the number of rows that it has. */
  private int again(Problem all, HeldFifth fifth, List<Entry> entries, List<double[]> spreads) {
    try (Problem train = all.select(fifth.train());
        Problem held = all.select(fifth.held())) {
      int[] every = IntStream.range(0, all.outputs()).toArray();
      boolean varies = IntStream.of(every).noneMatch(o -> train.summary(o).constant());
      List<Entry> open = entries.stream().filter(e -> mayWin(e, entries)).toList();
      if (varies && open.size() > 1) {
        boolean[] seen = new boolean[every.length];
        // Who stays is decided before the first of them is scored.
        List<int[]> outputs = open.stream().map(e -> many ? stillOpen(e, open) : every).toList();
        for (int e = 0; e < open.size(); e++) {
          IntStream.of(outputs.get(e)).forEach(o -> seen[o] = true);
          open.get(e).again(outputs.get(e), train, held);
        }
        double[] of = spreads(held);
        // Who had no part in the division has no spread in it.
        IntStream.of(every).filter(o -> !seen[o]).forEach(o -> of[o] = Double.NaN);
        spreads.add(of);
      }
      return held.rows();
    }
  }

  /** The outputs that a contender and others may still win, and those that others need it for. */
  private static int[] stillOpen(Entry entry, List<Entry> entries) {
    return IntStream.of(entry.competes())
        .filter(
            o -> {
              List<Entry> left =
                  entries.stream()
                      .filter(e -> e.competes(o) && mayWin(e, o, entries))
                      .filter(e -> e.left(o).length == Entry.mostRows(entries, o))
                      .toList();
              List<Entry> open = notSettled(left, o);
              return open.size() > 1
                  && open.stream().anyMatch(e -> e == entry || e.base() == entry);
            })
        .toArray();
  }

  /** Those with a link or those without where it is clear which of both are better. */
  private static List<Entry> notSettled(List<Entry> entries, int output) {
    Entry best = null;
    for (Entry e : entries) {
      boolean better = best == null || e.error(output) < best.error(output);
      best = e.link(output).isIdentity() && better ? e : best;
    }
    List<Entry> open = new ArrayList<>(entries);
    for (Entry e : entries) {
      if (best != null && !e.link(output).isIdentity()) {
        int settled = Gain.settlesLink(best.left(output), e.left(output));
        open.removeIf(
            other -> settled > 0 ? other.link(output).isIdentity() : settled < 0 && other == e);
      }
    }
    return open;
  }

  /** Whether a contender is not far behind the best for any of its outputs. */
  private static boolean mayWin(Entry entry, List<Entry> entries) {
    // The first is what all others are held against.
    return entry == entries.get(0)
        || Arrays.stream(entry.competes()).anyMatch(o -> mayWin(entry, o, entries));
  }

  private static boolean mayWin(Entry entry, int output, List<Entry> entries) {
    return entries.stream()
        .filter(other -> other.competes(output))
        .allMatch(other -> entry.error(output) <= LOST * other.error(output));
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
    Entry screened = entry(screen, train, held, every, 0.45);
    entries.add(screened);
    OrderEnergies[] left = new OrderEnergies[every.length];
    int[] open = open(train, held, screened, left);
    if (open.length > 0) {
      Entry smooth = entry(process, train, held, open, 0.6);
      entries.add(smooth);
      int[] sparse = IntStream.of(open).filter(o -> screened.error(o) < smooth.error(o)).toArray();
      if (sparse.length > 0) {
        entries.add(stacked(train, held, screened, sparse));
      }
      int[] bounded =
          IntStream.of(open).filter(o -> LinkedEstimator.admits(train, held, o)).toArray();
      if (bounded.length > 0) {
        entries.add(entry(linked, train, held, bounded, 0.6));
      }
      int[] tried = tried(train, held, open, entries);
      if (tried.length > 0) {
        entries.add(entry(trees, train, held, tried, 0.85));
      }
      int[] noisy = noisy(held, open, entries);
      if (noisy.length > 0) {
        entries.add(entry(singles, train, held, noisy, 1));
      }
    }
    return left;
  }

  /** A process on what screening leaves. */
  private Entry stacked(Problem train, Problem held, Entry screened, int[] sparse) {
    String name = screen.name() + "+" + process.name();
    // Screening goes first in every division, so that its search serves both.
    Entry.Refit refit =
        (before, places, some, rest) -> {
          Trial first = screened.latest(IntStream.of(places).map(k -> sparse[k]).toArray());
          return many && before != null
              ? StackedTrial.again((StackedTrial) before, places, first, process, some, rest)
              : StackedTrial.of(name, first, process, some, rest);
        };
    int[] places = IntStream.range(0, sparse.length).toArray();
    try (Problem trainOf = train.outputs(sparse);
        Problem heldOf = held.outputs(sparse)) {
      Trial trial = Work.part(name, 0.5, () -> refit.of(null, places, trainOf, heldOf));
      return new Entry(name, refit, trial, sparse, train.outputs(), screened).scored(held);
    }
  }

  /** The outputs that single features compete for: of many those of which most is unexplained. */
  private int[] noisy(Problem held, int[] open, List<Entry> entries) {
    double[] spreads = spreads(held);
    return IntStream.of(open)
        .filter(o -> !many || least(o, entries) > UNEXPLAINED * spreads[o])
        .toArray();
  }

  private static double least(int output, List<Entry> entries) {
    return entries.stream()
        .filter(e -> e.competes(output))
        .mapToDouble(e -> e.error(output))
        .min()
        .orElseThrow();
  }

  /** The outputs that trees compete for: of many those that are drawn, unless they gain by it. */
  private int[] tried(Problem train, Problem held, int[] open, List<Entry> entries) {
    if (!many || open.length <= TRIED) {
      return open;
    }
    int[] order = Philox.stream(train.seed(), STREAM).permutation(open.length);
    int[] some = IntStream.of(order).limit(TRIED).map(k -> open[k]).sorted().toArray();
    Entry trial = entry(trees, train, held, some, 0.2);
    double[] spreads = spreads(held);
    double gain = 0;
    for (int o : some) {
      double least = least(o, entries);
      gain += spreads[o] > 0 ? Math.max(0, least - trial.error(o)) / spreads[o] / some.length : 0;
    }
    return gain > WORTH ? open : new int[0];
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
}
