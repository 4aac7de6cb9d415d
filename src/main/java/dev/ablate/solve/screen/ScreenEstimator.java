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
    List<Spectrum> found = new ArrayList<>();
    for (int o = 0; o < train.outputs(); o++) {
      Spectrum start = starts.get(o);
      int output = o;
      found.add(Work.firstOf(train.outputs() - o, () -> screen(train, output, start)).spectrum());
    }
    return new ScreenTrial(found);
  }

  private Screener screen(Problem problem, int output, Spectrum start) {
    ScreenPlan plan = plan(problem);
    SignPlan signs =
        SignPlan.of(
            plan.fullOrder(), problem.features(), problem.rows(), problem.backend(), settings);
    return new Screener(problem, output, plan, signs).run(start);
  }

  private ScreenPlan plan(Problem problem) {
    return ScreenPlan.of(
        problem.features(),
        problem.rows(),
        problem.backend().screening().candidateMasksPerSecond(),
        settings);
  }

  /**
   * What other rows of one output suggest by themselves: least squares on the terms that all rows
   * suggested knows nothing of what was missed. Null where searching again takes its time.
   */
  private Refit again(Problem all) {
    return plan(all).isSmall()
        ? rows -> new SpectrumSurrogate(screen(rows, 0, Spectrum.zero(rows.features())).spectrum())
        : null;
  }

  private final class ScreenTrial implements Trial {
    private final List<Spectrum> found;

    ScreenTrial(List<Spectrum> found) {
      this.found = found;
    }

    @Override
    public Spectrum spectrum(int output) {
      return found.get(output);
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] outputs) {
      List<Fitted> fits = new ArrayList<>();
      for (int o : outputs) {
        int left = outputs.length - fits.size();
        Screener screener = Work.firstOf(left, () -> screen(all, o, found.get(o)));
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
                again(all)));
      }
      return fits;
    }
  }
}
