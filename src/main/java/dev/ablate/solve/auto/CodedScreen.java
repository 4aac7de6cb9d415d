package dev.ablate.solve.auto;

import dev.ablate.backend.Backend;
import dev.ablate.game.Values;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.screen.ScreenEstimator;
import dev.ablate.solve.spex.SpexSolver;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.List;

/**
 * Screening with what a coded design shows: SPEX decodes what screening leaves of the coded masks,
 * whatever its orders, and screening goes on from both, on masks that SPEX has not seen. Of one
 * output.
 *
 * @param screen the search
 * @param coded the masks of a coded design and their values, on the host
 */
record CodedScreen(ScreenEstimator screen, Samples coded) implements Estimator {
  /** Share of the rows that terms to start from may take. */
  private static final double MOST_TERMS = 0.25;

  @Override
  public String name() {
    return Method.SPEX + "+" + Method.SCREEN;
  }

  @Override
  public Trial estimate(Problem train, Problem held) {
    Spectrum plain = screen.estimate(train, held).spectrum(0);
    Solution decoded = decode(plain, train.backend(), train.seed());
    Spectrum start = plain.plus(decoded.spectrum());
    boolean fits = start.size() <= MOST_TERMS * train.repeats().distinct();
    return new CodedTrial(
        screen.from(List.of(fits ? start : plain), train), decoded.report(), name());
  }

  /** What SPEX makes of the values that a spectrum leaves of the coded masks. */
  private Solution decode(Spectrum plain, Backend backend, long seed) {
    double[] left = coded.values().column(0);
    double[] known = plain.evaluate(coded.masks(), backend);
    for (int r = 0; r < left.length; r++) {
      left[r] -= known[r];
    }
    try (Values there = Values.of(left).on(backend)) {
      Samples rest = new Samples(coded.masks(), there, coded.design());
      return new SpexSolver().solve(rest, backend, seed).get(0);
    }
  }

  private record CodedTrial(Trial screened, FitReport decoding, String name) implements Trial {
    @Override
    public Spectrum spectrum(int output) {
      return screened.spectrum(output);
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] outputs) {
      List<Fitted> fits = new ArrayList<>();
      for (Fitted fit : screened.onAll(all, outputs)) {
        int terms = fit.spectrum().size();
        fits.add(
            new Fitted(
                fit.spectrum(),
                fit.standardErrors(),
                List.of(),
                name,
                fit.refine(),
                new FitReport.Stacked(fit.report(), decoding, terms),
                fit.notes()));
      }
      return fits;
    }
  }
}
