package dev.ablate.solve.auto;

import dev.ablate.solve.Centred;
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
    List<Entry> entries = new ArrayList<>();
    try {
      OrderEnergies[] left = contest(train, held, entries);
      return AutoTrial.of(entries, left);
    } finally {
      entries.forEach(Entry::close);
    }
  }

  /** Lets estimators compete, and gives the energies that screening leaves of each output. */
  private OrderEnergies[] contest(Problem train, Problem held, List<Entry> entries) {
    int[] every = IntStream.range(0, train.outputs()).toArray();
    Entry screened = Entry.of(screen.name(), screen.estimate(train, held), every, held);
    entries.add(screened);
    OrderEnergies[] left = new OrderEnergies[every.length];
    int[] open = open(train, screened, left);
    if (open.length > 0) {
      Entry smooth = entry(process, train, held, open);
      entries.add(smooth);
      int[] sparse = IntStream.of(open).filter(o -> screened.r2()[o] > smooth.r2()[o]).toArray();
      if (sparse.length > 0) {
        String name = screen.name() + "+" + process.name();
        Trial part = new PartOfTrial(screened.trial(), sparse);
        try (Problem trainOf = train.outputs(sparse);
            Problem heldOf = held.outputs(sparse)) {
          Trial stacked = StackedTrial.of(name, part, process, trainOf, heldOf);
          entries.add(Entry.of(name, stacked, sparse, held));
        }
      }
      entries.add(entry(trees, train, held, open));
    }
    return left;
  }

  /** The outputs that screening does not explain; fills in the energies that it leaves of all. */
  private static int[] open(Problem train, Entry screened, OrderEnergies[] left) {
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
        unexplained[o] = Math.max(squares / all, 1 - screened.r2()[o]);
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

  private static Entry entry(Estimator contender, Problem train, Problem held, int[] open) {
    try (Problem trainOf = train.outputs(open);
        Problem heldOf = held.outputs(open)) {
      return Entry.of(contender.name(), contender.estimate(trainOf, heldOf), open, held);
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
