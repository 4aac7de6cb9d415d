package dev.ablate.solve.gp;

import dev.ablate.backend.Backend;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.R2;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A Gaussian process whose prior lets coefficients vary by a product over their features. The prior
 * is fitted by its evidence, the posterior is exact, and its spectrum is read off.
 */
public final class GaussianProcessEstimator implements Estimator {
  /** Most rows that a posterior takes; its cost grows with their cube. */
  public static final int MOST_ROWS = 20_000;

  /** Blocks large enough to tell structure from noise, and as few evaluations as settle. */
  private static final List<PriorFit.Stage> STAGES =
      List.of(new PriorFit.Stage(400, 2, 12), new PriorFit.Stage(800, 2, 12));

  /** Terms that held-out masks choose among. */
  private static final int[] SIZES = {25, 50, 100, 200, 400, 800, 1600, 3200};

  /** Fewer terms are taken when the error they leave is larger by no more than this share. */
  private static final double BREVITY = 0.01;

  private static final int UNMEASURED_TERMS = 2_000;

  private final int terms;
  private final int mostRows;

  /**
   * An estimator.
   *
   * @param terms number of terms to report, 0 to let held-out masks choose
   * @param mostRows most rows to fit; of more, so many are taken at random
   */
  public GaussianProcessEstimator(int terms, int mostRows) {
    this.terms = terms;
    this.mostRows = mostRows;
  }

  @Override
  public String name() {
    return Method.GP.toString();
  }

  @Override
  public Trial estimate(Problem train, Problem held) {
    int features = train.masks().features();
    try (Rows rows = Rows.of(train, mostRows)) {
      Prior[] start = new Prior[rows.values().outputs()];
      for (int o = 0; o < start.length; o++) {
        start[o] = Influences.prior(rows, o, train.backend());
      }
      Prior[] priors = PriorFit.fit(train.backend(), rows.masks(), rows.values(), start, STAGES);
      List<Spectrum> spectra = new ArrayList<>();
      // More numbers than there are masks would say nothing.
      int most = terms > 0 ? terms : DistinctMasks.of(train.masks()).masks().count();
      int[] sizes = new int[start.length];
      for (int o = 0; o < start.length; o++) {
        ReadOff found = ReadOff.of(train.backend(), rows.masks(), rows.values(), o, priors[o]);
        sizes[o] = Math.min(most, size(found, rows.means()[o], held, o));
        spectra.add(found.spectrum(features, sizes[o], rows.means()[o]));
      }
      return new GaussianProcessTrial(spectra, priors, sizes, held != null);
    }
  }

  /** The fewest terms that predict held-out masks nearly as well as any. */
  private int size(ReadOff found, double offset, Problem held, int output) {
    if (terms > 0 || held == null) {
      return Math.min(found.size(), terms > 0 ? terms : UNMEASURED_TERMS);
    }
    double[] values = held.outputs().get(output);
    double[] predicted = new double[values.length];
    Arrays.fill(predicted, offset);
    double[] lost = new double[SIZES.length];
    double least = Double.POSITIVE_INFINITY;
    int from = 0;
    for (int k = 0; k < SIZES.length; k++) {
      int to = Math.min(SIZES[k], found.size());
      if (to > from) {
        int[] more = IntStream.range(from, to).toArray();
        Spectrum next =
            new Spectrum(
                held.masks().features(),
                found.sets().select(more),
                Arrays.copyOfRange(found.means(), from, to));
        double[] add = next.evaluate(held.masks(), held.backend());
        Arrays.setAll(predicted, r -> predicted[r] + add[r]);
      }
      from = Math.max(from, to);
      lost[k] = 1 - R2.of(values, predicted);
      least = Math.min(least, lost[k]);
    }
    int k = 0;
    while (!(lost[k] <= least * (1 + BREVITY)) && k < SIZES.length - 1) {
      k++;
    }
    return Math.min(SIZES[k], found.size());
  }

  private final class GaussianProcessTrial implements Trial {
    private final List<Spectrum> spectra;
    private final Prior[] priors;
    private final int[] sizes;
    private final boolean measured;

    GaussianProcessTrial(List<Spectrum> spectra, Prior[] priors, int[] sizes, boolean measured) {
      this.spectra = spectra;
      this.priors = priors;
      this.sizes = sizes;
      this.measured = measured;
    }

    @Override
    public Spectrum spectrum(int output) {
      return spectra.get(output);
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] outputs) {
      List<Fitted> fits = new ArrayList<>();
      try (Rows rows = Rows.of(all, mostRows)) {
        for (int o : outputs) {
          fits.add(fitted(all.backend(), rows, o));
        }
      }
      return fits;
    }

    private Fitted fitted(Backend backend, Rows rows, int o) {
      ReadOff found = ReadOff.of(backend, rows.masks(), rows.values(), o, priors[o]);
      int count = Math.min(sizes[o], found.size());
      Spectrum spectrum = found.spectrum(rows.masks().features(), count, rows.means()[o]);
      double[] errors = new double[spectrum.size()];
      for (int s = 0; s < count; s++) {
        int at = spectrum.indexOf(found.sets().get(s));
        if (at >= 0) {
          errors[at] = found.standardErrors()[s];
        }
      }
      FitReport report =
          new FitReport.GaussianProcess(
              rows.masks().count(),
              priors[o].scale(),
              priors[o].noise(),
              found.logLikelihood(),
              ReadOff.SETS,
              spectrum.size(),
              terms > 0 ? "asked for" : measured ? "held-out masks" : "default");
      return new Fitted(
          spectrum,
          errors,
          Collections.nCopies(spectrum.size(), List.of(name())),
          name(),
          refine(),
          report,
          List.of());
    }
  }
}
