package dev.ablate.solve.gp;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Centred;
import dev.ablate.solve.Estimator.Fitted;
import dev.ablate.solve.Estimator.Trial;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Problem;
import dev.ablate.solve.Refine;
import dev.ablate.solve.surrogate.SpectrumSurrogate;
import dev.ablate.spectrum.Spectrum;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A process of more rows than an exact posterior takes: some rows choose a prior by evidence as
 * ever, all of them improve it, and all fit the coefficients of the sets of largest variance.
 */
final class ManyRows implements Trial {
  /** So many times the variance of the sizes of uniform masks may be that of others. */
  private static final double WIDER = 2;

  private final String name;
  private final TermCount terms;
  private final int exactRows;
  private final Prior[] priors;
  private final List<Spectrum> spectra = new ArrayList<>();
  private final int[] sizes;
  private final boolean measured;

  private ManyRows(String name, TermCount terms, int exactRows, Prior[] priors, boolean measured) {
    this.name = name;
    this.terms = terms;
    this.exactRows = exactRows;
    this.priors = priors;
    this.sizes = new int[priors.length];
    this.measured = measured;
  }

  /**
   * Whether masks look uniform. Those of few features, or of few left out, differ in so little that
   * what a basis leaves out is no noise, and that conjugate gradients take very long.
   */
  static boolean serves(Problem problem) {
    if (problem.weights() != null) {
      return false;
    }
    Masks masks = problem.masks();
    Masks here = new Masks(masks.buffer().toHost(), masks.count(), masks.features());
    double middle = masks.features() / 2.0;
    double squares = 0;
    for (int size : here.sizes()) {
      squares += (size - middle) * (size - middle) / masks.count();
    }
    return squares <= WIDER * masks.features() / 4;
  }

  /**
   * Fits some rows.
   *
   * @param name the estimator's
   * @param exactRows rows by which a prior is chosen first
   * @param held rows that choose, or null
   */
  static ManyRows of(String name, TermCount terms, int exactRows, Problem train, Problem held) {
    Prior[] priors;
    try (Problem some = GaussianProcessEstimator.shuffled(train, exactRows);
        Centred few = some.centred()) {
      Problem rows = few.problem();
      double[] means = few.means();
      priors = Work.part(null, 0.4, () -> PriorChoice.of(rows, held, means, false));
    }
    if (held != null) {
      try (Problem some = fitting(train);
          Centred rows = some.centred()) {
        Work.part(null, 0.6, () -> steps(rows, held, priors));
      }
    }
    return new ManyRows(name, terms, exactRows, priors, held != null).fitted(train, held);
  }

  /** Moves each prior on, in its place. */
  private static Prior[] steps(Centred rows, Problem held, Prior[] priors) {
    for (int o = 0; o < priors.length; o++) {
      int output = o;
      priors[o] =
          Work.firstOf(
              priors.length - o,
              () ->
                  PriorSteps.of(
                      rows.problem(), output, held, rows.means()[output], priors[output]));
    }
    return priors;
  }

  /**
   * Fits other rows under the same priors.
   *
   * @param places {@code (outputs)} the number here of each output of the rows
   */
  ManyRows again(int[] places, Problem train, Problem held) {
    Prior[] some = IntStream.of(places).mapToObj(o -> priors[o]).toArray(Prior[]::new);
    return new ManyRows(name, terms, exactRows, some, held != null).fitted(train, held);
  }

  private ManyRows fitted(Problem train, Problem held) {
    try (Problem some = fitting(train);
        Centred rows = some.centred()) {
      for (int o = 0; o < priors.length; o++) {
        int output = o;
        BasisFit fit =
            Work.firstOf(priors.length - o, () -> fit(rows, output, priors[output], false));
        sizes[o] = terms.of(fit.found(), rows.means()[o], held, o);
        spectra.add(fit.found().spectrum(train.features(), sizes[o], rows.means()[o]));
      }
      return this;
    }
  }

  /** All rows, or as many as memory and work allow. */
  private static Problem fitting(Problem all) {
    int most = BasisSize.of(all.rows(), all.backend()).rows();
    return most < all.rows()
        ? GaussianProcessEstimator.shuffled(all, most)
        : all.outputs(every(all));
  }

  private static int[] every(Problem all) {
    int[] every = new int[all.outputs()];
    Arrays.setAll(every, o -> o);
    return every;
  }

  private static BasisFit fit(Centred rows, int output, Prior prior, boolean withErrors) {
    Problem problem = rows.problem();
    int sets = BasisSize.of(problem.rows(), problem.backend()).sets();
    return BasisFit.of(problem, output, prior, sets, rows.means()[output], withErrors);
  }

  @Override
  public Spectrum spectrum(int output) {
    return spectra.get(output);
  }

  @Override
  public List<Fitted> onAll(Problem all, int[] outputs) {
    List<Fitted> fits = new ArrayList<>();
    String note = BasisSize.of(all.rows(), all.backend()).note(all.rows());
    List<String> notes = note == null ? List.of() : List.of(note);
    try (Problem some = fitting(all);
        Centred rows = some.centred()) {
      for (int k = 0; k < outputs.length; k++) {
        fits.add(fitted(rows, k, outputs.length, outputs[k], notes));
      }
    }
    return fits;
  }

  private Fitted fitted(Centred rows, int at, int outputs, int o, List<String> notes) {
    BasisFit fit = Work.firstOf(outputs - at, () -> fit(rows, at, priors[o], true));
    ReadOff found = fit.found();
    int count = Math.min(sizes[o], found.size());
    Spectrum spectrum = found.spectrum(rows.problem().features(), count, rows.means()[at]);
    FitReport report =
        FitReport.GaussianProcess.of(
                priors[o],
                rows.problem().rows(),
                found.logLikelihood(),
                null,
                fit.spectrum().size(),
                spectrum.size(),
                terms.by(measured))
            .inBasis(Math.min(exactRows, rows.problem().rows()), fit.spectrum().size());
    return new Fitted(
        spectrum,
        found.standardErrorsOf(spectrum, count),
        Collections.nCopies(spectrum.size(), List.of(name)),
        name,
        Refine.NONE,
        report,
        notes,
        new SpectrumSurrogate(fit.spectrum()),
        part -> surrogate(part, priors[o]));
  }

  private static SpectrumSurrogate surrogate(Problem one, Prior prior) {
    try (Problem some = fitting(one);
        Centred rows = some.centred()) {
      return new SpectrumSurrogate(fit(rows, 0, prior, false).spectrum());
    }
  }
}
