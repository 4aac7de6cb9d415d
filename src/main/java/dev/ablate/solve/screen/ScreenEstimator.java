package dev.ablate.solve.screen;

import dev.ablate.setting.Settings;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refit;
import dev.ablate.solve.SolverSettings;
import dev.ablate.solve.surrogate.SpectrumSurrogate;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Tests every interaction up to an order outright, and higher ones among the features that occur in
 * what was found. Finds what is sparse, whether or not its subsets do anything.
 */
public final class ScreenEstimator implements Estimator {
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
    Spectrum nothing = Spectrum.zero(train.features());
    return from(Collections.nCopies(train.outputs(), nothing), train);
  }

  /**
   * Fits some masks, starting from terms that others found.
   *
   * @param starts one an output; its weak terms are dropped
   * @param train the rows to fit
   */
  public Trial from(List<Spectrum> starts, Problem train) {
    return from(starts, train, train.outputs());
  }

  /** By searches of the same size. */
  @Override
  public Trial again(Trial before, int[] places, Problem train, Problem held) {
    Spectrum nothing = Spectrum.zero(train.features());
    int sharing = ((ScreenTrial) before).sharing;
    return from(Collections.nCopies(train.outputs(), nothing), train, sharing);
  }

  private Trial from(List<Spectrum> starts, Problem train, int sharing) {
    List<Spectrum> found =
        screened(train, starts::get, sharing).stream().map(Screener::spectrum).toList();
    return new ScreenTrial(found, sharing);
  }

  /** Screens every output, several at once: each alone keeps no more than a core busy. */
  private List<Screener> screened(Problem problem, IntFunction<Spectrum> starts, int sharing) {
    if (problem.outputs() == 1) {
      return List.of(screen(problem, starts.apply(0), sharing));
    }
    Screener[] screeners = new Screener[problem.outputs()];
    Work.forEach(
        screeners.length,
        o -> {
          try (Problem one = problem.outputs(o)) {
            screeners[o] = screen(one, starts.apply(o), sharing);
          }
        });
    return List.of(screeners);
  }

  private Screener screen(Problem one, Spectrum start, int sharing) {
    ScreenPlan plan = plan(one, sharing);
    SignPlan signs = SignPlan.of(plan.fullOrder(), one, sharing, settings);
    return new Screener(one, 0, plan, signs).run(start);
  }

  /**
   * What is searched.
   *
   * @param sharing number of outputs that share the work
   */
  private ScreenPlan plan(Problem problem, int sharing) {
    return ScreenPlan.of(
        problem.features(),
        problem.rows(),
        problem.backend().screening().candidateMasksPerSecond(),
        sharing,
        settings);
  }

  /**
   * What other rows of one output suggest by themselves: least squares on the terms that all rows
   * suggested knows nothing of what was missed. Null where searching again takes its time.
   */
  private Refit again(Problem all, int sharing) {
    return plan(all, sharing).isSmall()
        ? rows ->
            new SpectrumSurrogate(screen(rows, Spectrum.zero(rows.features()), sharing).spectrum())
        : null;
  }

  private final class ScreenTrial implements Trial {
    private final List<Spectrum> found;
    private final int sharing;

    ScreenTrial(List<Spectrum> found, int sharing) {
      this.found = found;
      this.sharing = sharing;
    }

    @Override
    public Spectrum spectrum(int output) {
      return found.get(output);
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] outputs) {
      List<Fitted> fits = new ArrayList<>();
      for (Screener screener : screened(all, k -> found.get(outputs[k]), sharing)) {
        Spectrum spectrum = screener.spectrum();
        fits.add(
            new Fitted(
                spectrum,
                screener.standardErrors(),
                Collections.nCopies(spectrum.size(), List.of(name())),
                name(),
                refine(),
                screener.report(),
                List.of(),
                null,
                again(all, sharing)));
      }
      return fits;
    }
  }
}
