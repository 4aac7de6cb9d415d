package dev.ablate.backend.host;

import dev.ablate.backend.CodedBins;
import dev.ablate.backend.CodedRegression;
import dev.ablate.backend.Paths;
import dev.ablate.backend.Sets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The regression of one output on given terms, the empty set first, over any set of delays. */
final class HostCodedRegressionTerms implements CodedRegression.Terms {
  /** Products this small, as a share of the largest possible, are rounding. */
  private static final double ROUNDING = 1e-12;

  private final HostPaths paths;
  private final CodedBins bins;
  private final int size;
  private final HostCodedRegressionGram gram;
  private final double[][] products;
  private final double[] squares;
  private final int[] foldOf;
  private final int folds;
  private final HostCodedRegressionSums all;

  HostCodedRegressionTerms(
      HostPaths paths, HostCodedRegressionOutput output, Sets sets, int[] foldOf, int folds) {
    this.paths = paths;
    this.bins = output.bins();
    this.size = sets.size();
    this.gram = new HostCodedRegressionGram(bins, sets);
    this.products = output.products(sets);
    this.squares = output.squares();
    this.foldOf = foldOf;
    this.folds = folds;
    boolean[] every = new boolean[squares.length];
    Arrays.fill(every, true);
    this.all = over(every);
  }

  int folds() {
    return folds;
  }

  int delays() {
    return squares.length;
  }

  /** The sums over all rows. */
  HostCodedRegressionSums all() {
    return all;
  }

  /** The sums over the rows of a fold, or over those of all others. */
  HostCodedRegressionSums fold(int fold, boolean others) {
    boolean[] taken = new boolean[squares.length];
    for (int p = 0; p < taken.length; p++) {
      taken[p] = foldOf[p] == fold ^ others;
    }
    return over(taken);
  }

  /**
   * The sums over some delays.
   *
   * @param taken {@code (delays)} which
   */
  HostCodedRegressionSums over(boolean[] taken) {
    long[] bits = new long[bins.words()];
    double[] sum = new double[size];
    double square = 0;
    int count = 0;
    for (int p = 0; p < taken.length; p++) {
      if (taken[p]) {
        bits[p >>> 6] |= 1L << p;
        square += squares[p];
        count++;
        for (int s = 0; s < sum.length; s++) {
          sum[s] += products[p][s];
        }
      }
    }
    double rows = (double) count * bins.groups() * bins.points();
    return new HostCodedRegressionSums(gram, gram.entries(bits), sum, square, rows);
  }

  @Override
  public double squares() {
    return all.squares();
  }

  @Override
  public double deviations() {
    return all.deviations();
  }

  @Override
  public double largest() {
    double[] rest = all.products().clone();
    gram.addRow(all.entries(), 0, -rest[0] / all.rows(), rest);
    double largest = 0;
    for (int s = 1; s < rest.length; s++) {
      largest = Math.max(largest, Math.abs(rest[s]));
    }
    // For constant values the products are rounding errors, and no term is to follow them.
    return Math.max(largest, ROUNDING * Math.sqrt(all.rows() * all.squares()));
  }

  @Override
  public CodedRegression.Walk lasso(double[] penalties) {
    return new HostCodedRegressionWalk(this, penalties);
  }

  @Override
  public CodedRegression.Ridge ridge(double[] penalties) {
    List<Paths.Problem> problems = new ArrayList<>();
    for (int f = 0; f < folds; f++) {
      problems.add(problem(fold(f, true), penalties));
    }
    problems.add(problem(all, penalties));
    List<double[]> fits = paths.ridge(problems);
    double[] errors = new double[penalties.length];
    for (int f = 0; f < folds; f++) {
      HostCodedRegressionSums test = fold(f, false);
      for (int i = 0; i < errors.length; i++) {
        errors[i] += test.error(Arrays.copyOfRange(fits.get(f), i * size, (i + 1) * size));
      }
    }
    return new CodedRegression.Ridge(errors, fits.get(folds));
  }

  private static Paths.Problem problem(HostCodedRegressionSums sums, double[] penalties) {
    int size = sums.products().length;
    boolean[] free = new boolean[size];
    free[0] = true;
    return new Paths.Problem(
        size, sums.gram().dense(sums.entries()), sums.products(), free, penalties);
  }

  @Override
  public void close() {
    // The garbage collector frees heap arrays.
  }
}
