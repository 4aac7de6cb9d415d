package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.CodedRegression;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleBiFunction;

/** Coded samples of known terms without noise: regressions must give the terms back. */
final class CodedRegressionChecks {
  private static final int FOLDS = 5;
  private static final CodedBins BINS = DecodingChecks.bins(300, 3, 6, 5);
  private static final Sets SETS = Inputs.sets(25, 300, 4, 61);
  private static final double[] COEFFICIENTS = coefficients();
  private static final double ROWS = (double) BINS.groups() * BINS.delays() * BINS.points();

  private CodedRegressionChecks() {}

  static List<Check> all() {
    return List.of(
        // As a share of the rows: sums over them in doubles, in any order.
        new Check(
            "codedregression.products", "closed form", 1e-11, b -> with(b, (o, t) -> products(o))),
        // A penalty of 1e-12 of the rows moves a coefficient by that share of it.
        new Check("codedregression.ridge", "planted terms", 1e-9, b -> with(b, (o, t) -> ridge(t))),
        // The last fit ends at 1e-13 of the largest product; the lasso only chooses its terms.
        new Check(
            "codedregression.lasso", "planted terms", 1e-9, b -> with(b, (o, t) -> lasso(t))));
  }

  private static double[] coefficients() {
    Philox.Stream random = Philox.stream(62, 5);
    double[] all = new double[SETS.size()];
    Arrays.setAll(all, s -> (random.nextInt(2) * 2 - 1) * (1 + random.nextDouble()));
    return all;
  }

  private static double with(
      Backend backend, ToDoubleBiFunction<CodedRegression.Output, CodedRegression.Terms> check) {
    double[] transforms = DecodingChecks.transforms(BINS, SETS, COEFFICIENTS, 0);
    int[] foldOf = new int[BINS.delays()];
    Arrays.setAll(foldOf, p -> p % FOLDS);
    try (Buffer there = backend.upload(HostBuffer.of(transforms));
        CodedRegression.Output output = backend.codedRegression().open(BINS, there, 1, 0);
        CodedRegression.Terms terms = output.on(SETS, foldOf, FOLDS)) {
      return check.applyAsDouble(output, terms);
    }
  }

  /** Of what the first half of the terms leaves, with each feature: terms meet in shared bins. */
  private static double products(CodedRegression.Output output) {
    Sets fitted = SETS.select(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    double[] rest = COEFFICIENTS.clone();
    Arrays.fill(rest, 0, fitted.size(), 0);
    long[] signatures = BINS.signatures(SETS);
    double[] expected = new double[BINS.features()];
    for (int i = 0; i < expected.length; i++) {
      for (int s = 0; s < SETS.size(); s++) {
        int[] set = SETS.get(s);
        for (int c = 0; c < BINS.groups(); c++) {
          for (int p = 0;
              p < BINS.delays() && BINS.bin(c, set, set.length) == BINS.hash(c, i);
              p++) {
            int word = p >>> 6;
            long both = signatures[s * BINS.words() + word] ^ BINS.signature(i, word);
            double sign = (both >>> p & 1) == 0 ? 1 : -1;
            expected[i] += sign * rest[s] * BINS.points() / ROWS;
          }
        }
      }
    }
    double[] actual =
        output.singletonProducts(fitted, Arrays.copyOf(COEFFICIENTS, fitted.size())).clone();
    Arrays.setAll(actual, i -> actual[i] / ROWS);
    return Inputs.distance(expected, actual);
  }

  private static double ridge(CodedRegression.Terms terms) {
    CodedRegression.Ridge ridge = terms.ridge(new double[] {ROWS, 1e-12 * ROWS});
    int size = SETS.size();
    double[] last = Arrays.copyOfRange(ridge.weights(), size, 2 * size);
    return Inputs.distance(COEFFICIENTS, last);
  }

  private static double lasso(CodedRegression.Terms terms) {
    double largest = terms.largest();
    double[] penalties = {largest, 0.3 * largest, 0.1 * largest, 0.01 * largest};
    try (CodedRegression.Walk walk = terms.lasso(penalties)) {
      for (int i = 0; i < penalties.length; i++) {
        walk.next();
      }
      walk.keep();
      return Inputs.distance(COEFFICIENTS, walk.finish(true).weights());
    }
  }
}
