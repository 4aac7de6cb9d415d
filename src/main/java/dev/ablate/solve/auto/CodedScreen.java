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

  /** Most rounds of screening and decoding. */
  private static final int ROUNDS = 5;

  @Override
  public String name() {
    return Method.SPEX + "+" + Method.SCREEN;
  }

  @Override
  public Trial estimate(Problem train, Problem held) {
    return alternate(train, Spectrum.zero(train.features()));
  }

  /** Screens and decodes in turn: what the one finds makes the other's rest sparser. */
  private CodedTrial alternate(Problem rows, Spectrum start) {
    Trial screened = screen.from(List.of(start), rows);
    FitReport decoding = null;
    for (int round = 0; round < ROUNDS; round++) {
      Spectrum found = screened.spectrum(0);
      Solution decoded = decode(found, rows.backend(), rows.seed());
      decoding = decoded.report();
      Spectrum both = found.plus(decoded.spectrum());
      if (both.size() == found.size() || both.size() > MOST_TERMS * rows.repeats().distinct()) {
        break;
      }
      Trial next = screen.from(List.of(both), rows);
      boolean more = next.spectrum(0).size() > found.size();
      screened = more ? next : screened;
      if (!more) {
        break;
      }
    }
    return new CodedTrial(this, screened, decoding);
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

  private record CodedTrial(CodedScreen by, Trial screened, FitReport decoding) implements Trial {
    @Override
    public Spectrum spectrum(int output) {
      return screened.spectrum(output);
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] outputs) {
      List<Fitted> fits = new ArrayList<>();
      for (int o : outputs) {
        try (Problem one = all.outputs(o)) {
          CodedTrial whole = by.alternate(one, screened.spectrum(o));
          Fitted fit = whole.screened.onAll(one, new int[] {0}).get(0);
          fits.add(
              new Fitted(
                  fit.spectrum(),
                  fit.standardErrors(),
                  List.of(),
                  by.name(),
                  fit.refine(),
                  new FitReport.Stacked(fit.report(), whole.decoding, fit.spectrum().size()),
                  fit.notes()));
        }
      }
      return fits;
    }
  }
}
