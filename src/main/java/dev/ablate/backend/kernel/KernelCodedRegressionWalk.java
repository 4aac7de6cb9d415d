package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.CodedRegression;
import dev.ablate.backend.HostBuffer;
import java.util.List;

/**
 * A walk down the penalties on a device. Fits do not start at their neighbours but at 0, so that
 * many penalties are fitted at once, ahead of those asked for.
 */
final class KernelCodedRegressionWalk implements CodedRegression.Walk {
  /** How far products may miss their conditions, as a share of the largest. */
  private static final double SLACK = 1e-9;

  private static final double RIDGE_SLACK = 1e-11;

  private final KernelCodedRegressionTerms terms;
  private final double[] penalties;
  private final double slack;
  private int ahead;
  private KernelCodedRegressionFits fits;
  private int begin;
  private int end;
  private int next;
  private KernelBuffer kept;
  private double keptPenalty;
  private int keptFit = -1;

  KernelCodedRegressionWalk(KernelCodedRegressionTerms terms, double[] penalties) {
    this.terms = terms;
    this.penalties = penalties;
    this.slack = Math.max(SLACK * terms.largest(), terms.finest());
    this.ahead = ahead(terms);
  }

  private static int ahead(KernelCodedRegressionTerms terms) {
    return terms.runtime().tuning().get("coded_regression_fit.penalties");
  }

  @Override
  public CodedRegression.Errors next() {
    if (next == end) {
      keepWeights();
      run();
    }
    int i = next++ - begin;
    double lasso = 0;
    double relaxed = 0;
    for (int f = 0; f < terms.folds(); f++) {
      double squares = terms.foldSquares(f);
      int fit = f * (end - begin) + i;
      lasso += Math.max(squares + fits.lassoError(fit), 0);
      relaxed += Math.max(squares + fits.relaxedError(fit), 0);
    }
    return new CodedRegression.Errors(lasso, relaxed);
  }

  /** Fits the next penalties, fewer where memory is short. */
  private void run() {
    if (fits != null) {
      fits.close();
      fits = null;
    }
    begin = next;
    int count = Math.min(ahead, penalties.length - begin);
    fits = allocate(terms, count);
    end = begin + fits.count() / (terms.folds() + 1);
    ahead = end - begin;
    double least = Math.max(CodedRegression.TRIAL_SLACK * terms.largest(), terms.finest());
    for (int f = 0; f <= terms.folds(); f++) {
      boolean fold = f < terms.folds();
      double share = terms.share(f);
      for (int i = begin; i < end; i++) {
        int fit = f * (end - begin) + i - begin;
        fits.rows(fit, f, fold ? terms.folds() + 1 + f : -1, false);
        fits.first(fit, share * penalties[i], 0, slack);
        double most = CodedRegression.MOST_TERMS * share * terms.rows();
        fits.second(fit, fold ? least : -1, most);
      }
    }
    terms.fit(fits, fits.lasso());
  }

  /** Room for as many penalties as memory allows, at least one. */
  private static KernelCodedRegressionFits allocate(
      KernelCodedRegressionTerms terms, int penalties) {
    return MemoryBatches.most(
        penalties,
        1,
        count ->
            new KernelCodedRegressionFits(
                terms.runtime(), count * (terms.folds() + 1), terms.size()));
  }

  @Override
  public void keep() {
    keptFit = terms.folds() * (end - begin) + next - 1 - begin;
    keptPenalty = penalties[next - 1];
  }

  /** Copies the weights of the place remembered before their room is used again. */
  private void keepWeights() {
    if (keptFit >= 0) {
      if (kept == null) {
        kept = terms.runtime().allocate(Element.F64, terms.size());
      }
      long bytes = (long) terms.size() * Double.BYTES;
      terms
          .runtime()
          .device()
          .copy(fits.lasso().memory(), keptFit * bytes, kept.memory(), 0, bytes);
      keptFit = -1;
    }
  }

  @Override
  public CodedRegression.Fit finish(boolean relaxed) {
    keepWeights();
    int delays = terms.delays();
    try (KernelCodedRegressionFits last =
        new KernelCodedRegressionFits(terms.runtime(), delays + 1, terms.size())) {
      double part = (delays - 1.0) / delays;
      double least = Math.max(CodedRegression.TRIAL_SLACK * terms.largest(), terms.finest());
      for (int p = 0; p < delays; p++) {
        last.rows(p, terms.allBut(p), terms.delay(p), true);
        last.first(p, part * keptPenalty, 0, slack);
        last.second(p, relaxed ? least : -1, Double.POSITIVE_INFINITY);
      }
      double finest = Math.max(CodedRegression.FINAL_SLACK * terms.largest(), terms.finest());
      last.rows(delays, terms.folds(), -1, true);
      last.first(delays, keptPenalty, 0, -1);
      last.second(delays, relaxed ? finest : -1, Double.POSITIVE_INFINITY);
      terms.fit(last, kept);
      return read(last, relaxed);
    }
  }

  private CodedRegression.Fit read(KernelCodedRegressionFits last, boolean relaxed) {
    double[] lasso = new double[terms.size()];
    // Without least squares the second weights are the first.
    double[] weights = new double[terms.size()];
    long row = (long) terms.delays() * terms.size();
    terms
        .runtime()
        .device()
        .read(
            List.of(
                last.fetchResults(),
                kept.fetch(0, HostBuffer.of(lasso)),
                last.relaxed().fetch(row, HostBuffer.of(weights))));
    double error = 0;
    for (int p = 0; p < terms.delays(); p++) {
      double less = relaxed ? last.relaxedError(p) : last.lassoError(p);
      error += Math.max(terms.delaySquares(p) + less, 0);
    }
    boolean[] support = new boolean[lasso.length];
    for (int s = 0; s < lasso.length; s++) {
      support[s] = s == 0 || lasso[s] != 0;
    }
    return new CodedRegression.Fit(weights, support, error);
  }

  /** Ridge fits of every penalty, fold and of all rows. */
  static CodedRegression.Ridge ridge(KernelCodedRegressionTerms terms, double[] penalties) {
    int size = terms.size();
    double[] errors = new double[penalties.length];
    double[] weights = new double[Math.multiplyExact(penalties.length, size)];
    double slack = Math.max(RIDGE_SLACK * terms.largest(), terms.finest());
    for (int begin = 0; begin < penalties.length; ) {
      int wanted = Math.min(ahead(terms), penalties.length - begin);
      try (KernelCodedRegressionFits fits = allocate(terms, wanted)) {
        int count = fits.count() / (terms.folds() + 1);
        for (int f = 0; f <= terms.folds(); f++) {
          for (int i = 0; i < count; i++) {
            int fit = f * count + i;
            fits.rows(fit, f, f < terms.folds() ? terms.folds() + 1 + f : -1, false);
            fits.first(fit, 0, penalties[begin + i], slack);
            fits.second(fit, -1, 0);
          }
        }
        terms.fit(fits, fits.lasso());
        double[] part = new double[count * size];
        long from = (long) terms.folds() * count * size * Double.BYTES;
        terms.runtime().device().read(fits.lasso().memory(), from, HostBuffer.of(part));
        System.arraycopy(part, 0, weights, begin * size, part.length);
        for (int f = 0; f < terms.folds(); f++) {
          for (int i = 0; i < count; i++) {
            double less = fits.lassoError(f * count + i);
            errors[begin + i] += Math.max(terms.foldSquares(f) + less, 0);
          }
        }
        begin += count;
      }
    }
    return new CodedRegression.Ridge(errors, weights);
  }

  @Override
  public void close() {
    if (fits != null) {
      fits.close();
    }
    if (kept != null) {
      kept.close();
    }
  }
}
