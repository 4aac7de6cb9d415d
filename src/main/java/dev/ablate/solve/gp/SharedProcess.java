package dev.ablate.solve.gp;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.code.Philox;
import dev.ablate.solve.Centred;
import dev.ablate.solve.Estimator;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Method;
import dev.ablate.solve.Problem;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Gaussian processes of many outputs of the same masks. Priors are fitted to some of the outputs,
 * and every output takes the one that explains it best at a scale of its own, so that a
 * factorisation and the parities of sets serve all of them. Where rows are few, and a factorisation
 * of its own costs an output next to nothing, it climbs on from there for a few steps. No prior is
 * bent by sizes of masks.
 */
public final class SharedProcess implements Estimator {
  /** Up to so many rows outputs have priors of their own. */
  public static final int OWN_ROWS = 600;

  /** Outputs whose priors are fitted. */
  private static final int PRIORS = 8;

  /** Outputs that show what the priors of others are worth. */
  private static final int OTHERS = 4;

  private static final int STREAM = 0x536f7574;

  private final TermCount terms;
  private final int mostRows;
  private final boolean climbs;

  /**
   * An estimator.
   *
   * @param terms number of terms to report, 0 to let held-out masks choose
   * @param mostRows most rows to fit; of more, so many are taken at random
   */
  public SharedProcess(int terms, int mostRows) {
    this(terms, mostRows, true);
  }

  /**
   * An estimator.
   *
   * @param climbs whether outputs have priors of their own where rows are few
   */
  SharedProcess(int terms, int mostRows, boolean climbs) {
    this.terms = new TermCount(terms);
    this.mostRows = mostRows;
    this.climbs = climbs;
  }

  /** Outputs whose priors serve all, ascending: drawn by the seed of the problem. */
  private static int[] drawn(Problem problem) {
    return drawn(problem, 0, PRIORS);
  }

  /** Outputs that take the priors of others, ascending, to be compared with fits of their own. */
  public static int[] others(Problem problem) {
    return drawn(problem, PRIORS, OTHERS);
  }

  private static int[] drawn(Problem problem, int from, int count) {
    int[] order = Philox.stream(problem.seed(), STREAM).permutation(problem.outputs());
    int[] some =
        Arrays.copyOfRange(
            order, Math.min(from, order.length), Math.min(from + count, order.length));
    Arrays.sort(some);
    return some;
  }

  @Override
  public String name() {
    return Method.GP.toString();
  }

  @Override
  public Trial estimate(Problem train, Problem held) {
    int[] drawn = drawn(train);
    try (Problem some = GaussianProcessEstimator.shuffled(train, mostRows);
        Centred centred = some.centred()) {
      if (climbs && train.rows() <= OWN_ROWS) {
        return own(
            centred, held, OwnPriors.of(centred.problem(), centred.means(), held, drawn), null);
      }
      Prior[] priors = priors(centred, held, drawn);
      SharedFit fit = SharedFit.best(centred.problem(), priors);
      List<Spectrum> spectra = new ArrayList<>();
      int[] sizes = new int[train.outputs()];
      fit.readOff(
          false,
          (o, found) -> {
            double mean = centred.means()[o];
            sizes[o] = terms.of(found, mean, held, o);
            spectra.add(found.spectrum(train.features(), sizes[o], mean));
          });
      return new SharedTrial(drawn, priors, fit.choices(), spectra, sizes, held != null);
    }
  }

  /** Under priors that were chosen before, where outputs have their own. */
  @Override
  public Trial again(Trial before, int[] places, Problem train, Problem held) {
    if (!(before instanceof OwnTrial)) {
      return estimate(train, held);
    }
    try (Problem some = GaussianProcessEstimator.shuffled(train, mostRows);
        Centred centred = some.centred()) {
      OwnTrial known = (OwnTrial) before;
      int[] sizes = IntStream.of(places).map(o -> known.sizes[o]).toArray();
      return own(centred, held, known.priors.of(places), sizes);
    }
  }

  private static Prior[] priors(Centred centred, Problem held, int[] drawn) {
    double[] means = Arrays.stream(drawn).mapToDouble(o -> centred.means()[o]).toArray();
    try (Problem rows = centred.problem().outputs(drawn);
        Problem heldOf = held == null ? null : held.outputs(drawn)) {
      return PriorChoice.of(rows, heldOf, means, false);
    }
  }

  /**
   * A trial under priors of their own.
   *
   * @param known {@code (outputs)} how many terms each has, or null to choose
   */
  private Trial own(Centred centred, Problem held, OwnFit.Priors priors, int[] known) {
    Problem rows = centred.problem();
    Spectrum[] spectra = new Spectrum[rows.outputs()];
    int[] sizes = new int[spectra.length];
    OwnFit.readOff(
        rows,
        priors,
        o -> known == null ? ReadOff.MOST_TERMS : known[o],
        false,
        (o, found) -> {
          double mean = centred.means()[o];
          sizes[o] = known == null ? terms(found, mean, held, o) : known[o];
          spectra[o] = found.spectrum(rows.features(), sizes[o], mean);
        });
    return new OwnTrial(priors, List.of(spectra), sizes, held != null);
  }

  /** From several threads at once. */
  private int terms(ReadOff found, double mean, Problem held, int output) {
    try (Problem one = held == null ? null : held.outputs(output)) {
      return terms.of(found, mean, one, 0);
    }
  }

  /** A trial of outputs with priors of their own. */
  private final class OwnTrial implements Trial {
    private final OwnFit.Priors priors;
    private final List<Spectrum> spectra;
    private final int[] sizes;
    private final boolean measured;

    OwnTrial(OwnFit.Priors priors, List<Spectrum> spectra, int[] sizes, boolean measured) {
      this.priors = priors;
      this.spectra = spectra;
      this.sizes = sizes;
      this.measured = measured;
    }

    @Override
    public Spectrum spectrum(int output) {
      return spectra.get(output);
    }

    /** Folds would cost as much as all outputs did, for each of them. */
    @Override
    public boolean readsFunctions() {
      return false;
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] outputs) {
      Fitted[] fits = new Fitted[outputs.length];
      try (Problem some = GaussianProcessEstimator.shuffled(all, mostRows);
          Centred rows = some.centred()) {
        OwnFit.Priors own = priors.of(outputs);
        OwnFit.readOff(
            rows.problem(),
            own,
            k -> sizes[outputs[k]],
            true,
            (k, found) -> {
              int count = Math.min(sizes[outputs[k]], found.size());
              Spectrum spectrum = found.spectrum(all.features(), count, rows.means()[k]);
              fits[k] =
                  fitted(own.priors()[k], rows.problem().rows(), found, spectrum, count, measured);
            });
      }
      return List.of(fits);
    }
  }

  private Fitted fitted(
      Prior prior, int rows, ReadOff found, Spectrum spectrum, int count, boolean measured) {
    FitReport report =
        FitReport.GaussianProcess.of(
            prior,
            rows,
            found.logLikelihood(),
            null,
            OwnFit.SETS,
            spectrum.size(),
            terms.by(measured));
    return new Fitted(
        spectrum,
        found.standardErrorsOf(spectrum, count),
        Collections.nCopies(spectrum.size(), List.of(name())),
        name(),
        refine(),
        report,
        List.of());
  }

  private final class SharedTrial implements Trial {
    private final int[] drawn;
    private final Prior[] priors;
    private final int[] choices;
    private final List<Spectrum> spectra;
    private final int[] sizes;
    private final boolean measured;

    SharedTrial(
        int[] drawn,
        Prior[] priors,
        int[] choices,
        List<Spectrum> spectra,
        int[] sizes,
        boolean measured) {
      this.drawn = drawn;
      this.priors = priors;
      this.choices = choices;
      this.spectra = spectra;
      this.sizes = sizes;
      this.measured = measured;
    }

    @Override
    public Spectrum spectrum(int output) {
      return spectra.get(output);
    }

    /** Folds would cost as much as all outputs did, for each of them. */
    @Override
    public boolean readsFunctions() {
      return false;
    }

    @Override
    public List<Fitted> onAll(Problem all, int[] outputs) {
      List<Fitted> fits = new ArrayList<>();
      try (Problem some = GaussianProcessEstimator.shuffled(all, mostRows);
          Centred rows = some.centred()) {
        int[] chosen = Arrays.stream(outputs).map(o -> choices[o]).toArray();
        SharedFit fit = SharedFit.of(rows.problem(), priors, chosen);
        fit.readOff(
            true,
            (k, found) ->
                fits.add(fitted(fit, k, found, outputs[k], rows.means()[k], all.features())));
      }
      return fits;
    }

    private Fitted fitted(
        SharedFit fit, int k, ReadOff found, int output, double mean, int features) {
      int count = Math.min(sizes[output], found.size());
      Spectrum spectrum = found.spectrum(features, count, mean);
      FitReport report =
          FitReport.GaussianProcess.of(
              fit.prior(k),
              fit.rows(),
              found.logLikelihood(),
              drawn[choices[output]],
              SharedFit.SETS,
              spectrum.size(),
              terms.by(measured));
      return new Fitted(
          spectrum,
          found.standardErrorsOf(spectrum, count),
          Collections.nCopies(spectrum.size(), List.of(name())),
          name(),
          refine(),
          report,
          List.of());
    }
  }
}
