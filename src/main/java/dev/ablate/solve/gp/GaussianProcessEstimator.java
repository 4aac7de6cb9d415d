package dev.ablate.solve.gp;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.code.Philox;
import dev.ablate.solve.Centred;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refit;
import dev.ablate.solve.surrogate.ProcessSurrogate;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Memory;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A Gaussian process whose prior lets coefficients vary by a product over their features. The prior
 * is fitted by its evidence, the posterior is exact, and its spectrum is read off. Of more rows
 * than an exact posterior takes the coefficients of a basis are fitted to all ({@link ManyRows}).
 */
public final class GaussianProcessEstimator implements Estimator {
  /** Most rows of an exact posterior: seconds on two cores, and a cost that grows with the cube. */
  public static final int MOST_EXACT = 4_096;

  /** The same where nothing else serves and the process alone was asked for. */
  public static final int MOST_ROWS = 20_000;

  private static final int STREAM = 0x47507277;

  /** Bytes of a pair of rows: two factors, each a half of a matrix. */
  static final int PAIR = 2 * Double.BYTES / 2;

  private final TermCount terms;
  private final int exactRows;
  private final int mostRows;

  /**
   * An estimator.
   *
   * @param terms number of terms to report, 0 to let held-out masks choose
   * @param mostRows most rows of an exact posterior; of more, so many choose a prior
   */
  public GaussianProcessEstimator(int terms, int mostRows) {
    this(terms, mostRows, mostRows);
  }

  /**
   * An estimator that may take longer over masks whose sizes no basis serves.
   *
   * @param exactRows most rows of an exact posterior of masks that look uniform
   * @param mostRows most rows of one of others; of more, so many are taken at random
   */
  public GaussianProcessEstimator(int terms, int exactRows, int mostRows) {
    this.terms = new TermCount(terms);
    this.exactRows = exactRows;
    this.mostRows = mostRows;
  }

  @Override
  public String name() {
    return Method.GP.toString();
  }

  @Override
  public Trial estimate(Problem train, Problem held) {
    return isMany(train, held)
        ? ManyRows.of(name(), terms, exactRows, train, held)
        : trial(train, held, null);
  }

  /** From the priors of the earlier trial on: a fifth of many rows hardly moves them. */
  @Override
  public Trial again(Trial before, int[] places, Problem train, Problem held) {
    if (before instanceof ManyRows many) {
      return many.again(places, train, held);
    }
    Prior[] known = ((GaussianProcessTrial) before).priors;
    return trial(train, held, IntStream.of(places).mapToObj(o -> known[o]).toArray(Prior[]::new));
  }

  /** Whether the rows that are fitted in the end, those of both, are more than are exact. */
  private boolean isMany(Problem train, Problem held) {
    int rows = train.rows() + (held == null ? 0 : held.rows());
    return rows > exactRows && ManyRows.serves(train);
  }

  private Trial trial(Problem train, Problem held, Prior[] known) {
    int features = train.features();
    try (Problem some = shuffled(train);
        Centred centred = some.centred()) {
      Problem rows = centred.problem();
      double[] means = centred.means();
      Prior[] priors =
          known == null
              ? Work.part(null, 0.6, () -> PriorChoice.of(rows, held, means))
              : IntStream.range(0, known.length)
                  .mapToObj(o -> PriorChoice.again(rows, o, known[o]))
                  .toArray(Prior[]::new);
      List<Spectrum> spectra = new ArrayList<>();
      int[] sizes = new int[priors.length];
      for (int o = 0; o < priors.length; o++) {
        Prior prior = priors[o];
        int output = o;
        ReadOff found = Work.firstOf(priors.length - o, () -> ReadOff.of(rows, output, prior));
        sizes[o] = terms.of(found, means[o], held, o);
        spectra.add(found.spectrum(features, sizes[o], means[o]));
      }
      return new GaussianProcessTrial(spectra, priors, sizes, held != null);
    }
  }

  private Problem shuffled(Problem problem) {
    return shuffled(problem, mostRows);
  }

  /** All rows of a problem in random order, or so many of them. */
  static Problem shuffled(Problem problem, int most) {
    // A foreign table may be sorted; blocks of rows must be alike.
    int[] order = Philox.stream(problem.seed(), STREAM).permutation(problem.rows());
    int fit = Memory.square("the process", "rows", Math.min(most, order.length), PAIR);
    return problem.select(Arrays.copyOf(order, fit));
  }

  /** Fits a process to rows of one output, as many times as wanted under the first ones' prior. */
  Refit underBestPrior(Problem one) {
    try (Problem some = shuffled(one);
        Centred centred = some.centred()) {
      Prior prior = PriorChoice.of(centred.problem(), null, centred.means())[0];
      return rows -> surrogate(rows, prior);
    }
  }

  /** The process given one output's rows, under a prior that was chosen before. */
  private ProcessSurrogate surrogate(Problem one, Prior prior) {
    try (Problem some = shuffled(one);
        Centred centred = some.centred();
        Given given = Given.of(centred.problem(), 0, prior)) {
      return given.surrogate(centred.means()[0]);
    }
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
      try (Problem some = shuffled(all);
          Centred rows = some.centred()) {
        for (int k = 0; k < outputs.length; k++) {
          int at = k;
          fits.add(
              Work.firstOf(
                  outputs.length - k,
                  () -> fitted(rows.problem(), at, rows.means()[at], outputs[at])));
        }
      }
      return fits;
    }

    private Fitted fitted(Problem rows, int at, double mean, int o) {
      Prior prior = PriorChoice.again(rows, at, priors[o]);
      ReadOff found = ReadOff.withErrors(rows, at, prior);
      int count = Math.min(sizes[o], found.size());
      Spectrum spectrum = found.spectrum(rows.features(), count, mean);
      FitReport report =
          FitReport.GaussianProcess.of(
              prior,
              rows.masks().count(),
              found.logLikelihood(),
              null,
              ReadOff.SETS,
              spectrum.size(),
              terms.by(measured));
      return new Fitted(
          spectrum,
          found.standardErrorsOf(spectrum, count),
          Collections.nCopies(spectrum.size(), List.of(name())),
          name(),
          refine(),
          report,
          List.of(),
          found.process().withMean(mean),
          part -> surrogate(part, prior));
    }
  }
}
