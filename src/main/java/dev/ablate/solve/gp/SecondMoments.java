package dev.ablate.solve.gp;

import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.Sets;
import java.util.Arrays;

/**
 * The stationary prior under which coefficients of given second moments are likeliest: the maximal
 * step of expectation maximisation. Of coefficients whose posterior has the second moment q the
 * expected logarithm of the prior's density is {@code -(log v + q / v) / 2}, v their variance.
 *
 * @param features number of features
 * @param sets the empty one first, which does not count: the values have the mean 0
 * @param moments {@code (sets)}
 */
record SecondMoments(int features, Sets sets, double[] moments) {
  private static final int EVALUATIONS = 60;
  private static final double FLAT = 0.01;

  /** Where a prior has no rough part the search starts with so little of one. */
  private static final double LEAST_ROUGH = 1e-3;

  // How far the rough part strays from its usual shape, as in Parameters.
  private static final double ROUGH = 0.3;
  private static final double ROUGH_STRAY = 3;
  private static final double STRETCH = 3;
  private static final double STRETCH_STRAY = 2;

  /** The prior, with the noise of the one that the search starts from. */
  Prior likeliest(Prior start) {
    Lbfgs climb = new Lbfgs(point(start), FLAT);
    for (int e = 0; e < EVALUATIONS && !climb.done(); e++) {
      double[] gradient = new double[features + 3];
      double value = surprise(climb.point(), gradient);
      climb.tell(value, gradient);
    }
    double[] best = climb.best();
    double[] decays = new double[features];
    Arrays.setAll(decays, i -> Math.exp(best[i]));
    Shape shape = new Shape(Math.exp(best[features + 1]), Math.exp(best[features + 2]), 0, 0);
    return new Prior(decays, Math.exp(best[features]), start.noise(), shape);
  }

  private double[] point(Prior prior) {
    double[] point = new double[features + 3];
    for (int i = 0; i < features; i++) {
      point[i] = Math.log(prior.decays()[i]);
    }
    point[features] = Math.log(prior.scale());
    point[features + 1] = Math.log(Math.max(LEAST_ROUGH, prior.shape().rough()));
    point[features + 2] = Math.log(prior.shape().stretch());
    return point;
  }

  /** Minus the logarithm; adds its derivatives by the point. */
  double surprise(double[] point, double[] gradient) {
    Product[] both = {
      new Product(point, features, point[features], 1),
      new Product(
          point, features, point[features] + point[features + 1], Math.exp(point[features + 2]))
    };
    double value = 0;
    double[] byEmpty = new double[2];
    double[] byDecays = new double[2];
    for (int s = 1; s < sets.size(); s++) {
      double[] parts = {both[0].variance(sets, s), both[1].variance(sets, s)};
      double variance = parts[0] + parts[1];
      value += (Math.log(variance) + moments[s] / variance) / 2;
      double slope = (1 - moments[s] / variance) / variance / 2;
      for (int c = 0; c < 2; c++) {
        byEmpty[c] += slope * parts[c];
        for (int k = 0; k < sets.order(s); k++) {
          int i = sets.feature(s, k);
          double by = slope * parts[c] * both[c].oddsSlopes[i];
          gradient[i] += by;
          byDecays[c] += by;
        }
      }
    }
    for (int c = 0; c < 2; c++) {
      for (int i = 0; i < features; i++) {
        double by = byEmpty[c] * both[c].emptySlopes[i];
        gradient[i] += by;
        byDecays[c] += by;
      }
    }
    gradient[features] += byEmpty[0] + byEmpty[1];
    gradient[features + 1] += byEmpty[1];
    gradient[features + 2] += byDecays[1];
    return value
        + normal(point, gradient, features + 1, Math.log(ROUGH), ROUGH_STRAY)
        + normal(point, gradient, features + 2, Math.log(STRETCH), STRETCH_STRAY);
  }

  private static double normal(
      double[] point, double[] gradient, int at, double centre, double spread) {
    double away = (point[at] - centre) / spread;
    gradient[at] += away / spread;
    return away * away / 2;
  }

  /** One product over features, by logarithms, with derivatives by those of the decays. */
  private static final class Product {
    private final double[] odds;
    private final double[] oddsSlopes;
    private final double[] emptySlopes;
    private final double empty;

    Product(double[] point, int features, double scale, double stretch) {
      this.odds = new double[features];
      this.oddsSlopes = new double[features];
      this.emptySlopes = new double[features];
      double sum = scale;
      for (int i = 0; i < features; i++) {
        double decay = stretch * Math.exp(point[i]);
        double apart = Math.exp(-2 * decay);
        double odd = Math.tanh(decay);
        sum += Math.log(0.5 + 0.5 * apart);
        odds[i] = Math.log(odd);
        oddsSlopes[i] = decay * (1 - odd * odd) / odd;
        emptySlopes[i] = -2 * decay * apart / (1 + apart);
      }
      this.empty = sum;
    }

    double variance(Sets sets, int set) {
      double logarithm = empty;
      for (int k = 0; k < sets.order(set); k++) {
        logarithm += odds[sets.feature(set, k)];
      }
      return Math.exp(logarithm);
    }
  }
}
