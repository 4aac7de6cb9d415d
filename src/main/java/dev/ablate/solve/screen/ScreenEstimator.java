package dev.ablate.solve.screen;

import dev.ablate.setting.Settings;
import dev.ablate.solve.Centred;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.FewTerms;
import dev.ablate.solve.HeldFifth;
import dev.ablate.solve.Method;
import dev.ablate.solve.OrderEnergies;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refit;
import dev.ablate.solve.SolverSettings;
import dev.ablate.solve.surrogate.SpectrumSurrogate;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Tests every interaction up to an order outright, and higher ones among the features that occur in
 * what was found. Finds what is sparse, whether or not its subsets do anything. Of many outputs
 * those that a first, small search leaves open are searched as one alone is.
 */
public final class ScreenEstimator implements Estimator {
  /** Share of the variance that no second search is for, on the rows of the trial and others. */
  private static final double EXPLAINED = 0.01;

  private final Settings settings;

  /** An estimator with the settings of screening in {@link SolverSettings}. */
  public ScreenEstimator(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return Method.SCREEN.toString();
  }

  @Override
  public Trial estimate(Problem train, Problem held) {
    return from(nothing(train), train, held);
  }

  /**
   * Fits some masks, starting from terms that others found.
   *
   * @param starts one an output; its weak terms are dropped
   * @param train the rows to fit
   */
  public Trial from(List<Spectrum> starts, Problem train) {
    return from(starts, train, null);
  }

  /** By searches of the same size. */
  @Override
  public Trial again(Trial before, int[] places, Problem train, Problem held) {
    Share[] shares =
        IntStream.of(places).mapToObj(k -> ((ScreenTrial) before).shares[k]).toArray(Share[]::new);
    return trial(nothing(train), train, shares);
  }

  private static List<Spectrum> nothing(Problem train) {
    return Collections.nCopies(train.outputs(), Spectrum.zero(train.features()));
  }

  /** Many outputs are all searched quickly first, and those that this leaves open again. */
  private Trial from(List<Spectrum> starts, Problem train, Problem held) {
    Share[] shares = new Share[train.outputs()];
    Arrays.fill(shares, Share.of(train.outputs()));
    ScreenTrial first = trial(starts, train, shares);
    int[] open = shares[0].first() ? open(first, train, held) : new int[0];
    if (open.length == 0) {
      return first;
    }
    Share[] some = new Share[open.length];
    Arrays.fill(some, new Share(open.length, false));
    List<Spectrum> found = new ArrayList<>(first.found);
    try (Problem trainOf = train.outputs(open)) {
      if (!shares[0].isLess(some[0], trainOf, settings)) {
        return first;
      }
      List<Spectrum> known = IntStream.of(open).mapToObj(found::get).toList();
      ScreenTrial second = trial(known, trainOf, some);
      for (int k = 0; k < open.length; k++) {
        found.set(open[k], second.found.get(k));
        shares[open[k]] = some[k];
      }
    }
    return new ScreenTrial(found, shares);
  }

  /**
   * The outputs that a first search leaves open and that may be sparse. Of those that many small
   * terms make up some order that was tested in full shows more than noise, or a few rows hold much
   * of what is left.
   */
  private int[] open(ScreenTrial first, Problem train, Problem held) {
    boolean[] open = new boolean[train.outputs()];
    Work.forEach(open.length, o -> open[o] = isOpen(first, train, held, o));
    return IntStream.range(0, open.length).filter(o -> open[o]).toArray();
  }

  private boolean isOpen(ScreenTrial first, Problem train, Problem held, int output) {
    try (Problem one = train.outputs(output);
        Centred values = one.centred();
        Problem rest = one.less(List.of(first.spectrum(output)));
        Centred left = rest.centred()) {
      double share = left.problem().summary(0).squares() / values.problem().summary(0).squares();
      double unseen = held == null ? 0 : 1 - HeldFifth.r2(first.spectrum(output), held, output);
      int full = first.shares[output].plan(one, settings).fullOrder();
      return (share > EXPLAINED || unseen > EXPLAINED)
          && (FewTerms.clear(left.problem())
              || !FewTerms.unlikely(left.problem())
                  && !OrderEnergies.of(left.problem()).clear(full));
    }
  }

  /** What sharing leaves out is worth a line where something is left to be found. */
  private List<String> notes(Problem all, int output, Spectrum found, Share share) {
    List<String> notes = share.notes(all, settings);
    return !notes.isEmpty() && HeldFifth.r2(found, all, output) > 1 - EXPLAINED ? List.of() : notes;
  }

  private ScreenTrial trial(List<Spectrum> starts, Problem train, Share[] shares) {
    return new ScreenTrial(
        screened(train, starts::get, shares).stream().map(Screener::spectrum).toList(), shares);
  }

  /** Screens every output, several at once: each alone keeps no more than a core busy. */
  private List<Screener> screened(Problem problem, IntFunction<Spectrum> starts, Share[] shares) {
    if (problem.outputs() == 1) {
      return List.of(screen(problem, starts.apply(0), shares[0]));
    }
    Screener[] screeners = new Screener[problem.outputs()];
    Work.forEach(
        screeners.length,
        o -> {
          try (Problem one = problem.outputs(o)) {
            screeners[o] = screen(one, starts.apply(o), shares[o]);
          }
        });
    return List.of(screeners);
  }

  private Screener screen(Problem one, Spectrum start, Share share) {
    return new Screener(one, 0, share.plan(one, settings), share.signs(one, settings)).run(start);
  }

  /**
   * What other rows of one output suggest by themselves: least squares on the terms that all rows
   * suggested knows nothing of what was missed. Null where searching again takes its time.
   */
  private Refit again(Problem all, Share share) {
    return share.plan(all, settings).isSmall()
        ? rows ->
            new SpectrumSurrogate(screen(rows, Spectrum.zero(rows.features()), share).spectrum())
        : null;
  }

  private final class ScreenTrial implements Trial {
    private final List<Spectrum> found;
    private final Share[] shares;

    ScreenTrial(List<Spectrum> found, Share[] shares) {
      this.found = found;
      this.shares = shares.clone();
    }

    @Override
    public Spectrum spectrum(int output) {
      return found.get(output);
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] outputs) {
      Share[] own = IntStream.of(outputs).mapToObj(o -> shares[o]).toArray(Share[]::new);
      List<Screener> screeners = screened(all, k -> found.get(outputs[k]), own);
      List<Fitted> fits = new ArrayList<>();
      for (int k = 0; k < outputs.length; k++) {
        Spectrum spectrum = screeners.get(k).spectrum();
        fits.add(
            new Fitted(
                spectrum,
                screeners.get(k).standardErrors(),
                Collections.nCopies(spectrum.size(), List.of(name())),
                name(),
                refine(),
                screeners.get(k).report(),
                notes(all, k, spectrum, own[k]),
                null,
                again(all, own[k])));
      }
      return fits;
    }
  }
}
