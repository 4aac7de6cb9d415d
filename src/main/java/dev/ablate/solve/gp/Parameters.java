package dev.ablate.solve.gp;

import dev.ablate.backend.GaussianProcess;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import java.util.Arrays;

/**
 * The parameters of a prior as a point that a search moves: logarithms of the decays, the scale,
 * the noise, rough and stretch, then the tilt and the logarithm of the closeness. What a prior is
 * without stays where it is.
 *
 * <p>Evidence alone fits decays to noise where masks are few, so decays are drawn towards equal
 * ones by Student's t, whose tails let a few features be far stronger than the others; or, where
 * most features do nothing, they are held near where they start.
 *
 * @param features number of features
 * @param rough whether the second product moves
 * @param tilt whether the tilt moves
 * @param closeness whether the closeness moves
 * @param held how far decays stray from where they start, a factor of about e to this power; 0
 *     draws them towards equal ones instead
 */
record Parameters(int features, boolean rough, boolean tilt, boolean closeness, double held) {
  /** Noise never falls below this share of the largest variance, so that factors exist. */
  private static final double LEAST_NOISE = 1e-8;

  private static final double DEGREES = 3;
  private static final double SPREAD = 0.5;

  /** The sum of all decays strays from its usual value by a factor of about e to this power. */
  private static final double STRAY = 2;

  private static final double ROUGH = 0.3;
  private static final double ROUGH_STRAY = 3;
  private static final double STRETCH = 3;
  private static final double CLOSENESS = 0.25;

  /** Where the search starts: a plain prior with what moves beside it. */
  double[] point(Prior prior) {
    double[] point = new double[features + GaussianProcess.SHAPES];
    for (int i = 0; i < features; i++) {
      point[i] = Math.log(prior.decays()[i]);
    }
    Shape shape = prior.shape();
    point[features] = Math.log(prior.scale());
    point[features + 1] = Math.log(prior.noise());
    point[features + 2] = Math.log(shape.rough() > 0 ? shape.rough() : ROUGH);
    point[features + 3] = Math.log(shape.rough() > 0 ? shape.stretch() : STRETCH);
    point[features + 4] = shape.tilt();
    point[features + 5] = Math.log(shape.closeness() > 0 ? shape.closeness() : CLOSENESS);
    return point;
  }

  /** The same point for values whose squares are so many times as large. */
  double[] scaled(double[] point, double squares) {
    double[] scaled = point.clone();
    scaled[features] += Math.log(squares);
    scaled[features + 1] += Math.log(squares);
    return scaled;
  }

  /** The prior of a point. */
  Prior prior(double[] point) {
    double[] decays = new double[features];
    Arrays.setAll(decays, i -> Math.exp(point[i]));
    double scale = Math.exp(point[features]);
    Shape shape =
        new Shape(
            rough ? Math.exp(point[features + 2]) : 0,
            rough ? Math.exp(point[features + 3]) : 1,
            tilt ? point[features + 4] : 0,
            closeness ? Math.exp(point[features + 5]) : 0);
    return new Prior(decays, scale, Math.exp(point[features + 1]) + floor(scale, shape), shape);
  }

  private static double floor(double scale, Shape shape) {
    return LEAST_NOISE * scale * (1 + shape.rough()) * Math.exp(Math.abs(shape.tilt()));
  }

  /**
   * What is added to minus the evidence of a point; completes its gradient, which comes by the
   * parameters of the prior.
   *
   * @param start where the search started
   */
  double penalise(double[] point, double[] start, double[] gradient) {
    Prior prior = prior(point);
    Shape shape = prior.shape();
    // The noise is its own parameter plus a floor that moves with the others.
    double own = Math.exp(point[features + 1]);
    double byNoise = gradient[features + 1] / prior.noise();
    double floor = prior.noise() - own;
    gradient[features] += byNoise * floor;
    gradient[features + 1] = byNoise * own;
    gradient[features + 2] += byNoise * floor * shape.rough() / (1 + shape.rough());
    gradient[features + 4] += byNoise * floor * Math.signum(shape.tilt());
    // The evidence's slope is by the closeness itself.
    gradient[features + 5] *= shape.closeness();
    double value = held > 0 ? near(point, start, gradient) : decays(point, gradient);
    value += normal(point, gradient, features + 2, Math.log(ROUGH), ROUGH_STRAY, rough);
    value += normal(point, gradient, features + 3, Math.log(STRETCH), STRAY, rough);
    value += normal(point, gradient, features + 4, 0, STRAY, tilt);
    value += normal(point, gradient, features + 5, Math.log(CLOSENESS), STRAY, closeness);
    return value;
  }

  private double near(double[] point, double[] start, double[] gradient) {
    double value = 0;
    for (int i = 0; i < features; i++) {
      double away = (point[i] - start[i]) / held;
      value += away * away / 2;
      gradient[i] += away / held;
    }
    return value;
  }

  private double decays(double[] point, double[] gradient) {
    double sum = 0;
    for (int i = 0; i < features; i++) {
      sum += Math.exp(point[i]);
    }
    double mean = Math.log(sum / features);
    double value = 0;
    double byMean = 0;
    for (int i = 0; i < features; i++) {
      double away = point[i] - mean;
      double square = DEGREES * SPREAD * SPREAD;
      value += (DEGREES + 1) / 2 * Math.log1p(away * away / square);
      double slope = (DEGREES + 1) * away / (square + away * away);
      gradient[i] += slope;
      byMean -= slope;
    }
    double stray = (Math.log(sum) - Math.log(Influences.TOTAL)) / STRAY;
    byMean += stray / STRAY;
    for (int i = 0; i < features; i++) {
      gradient[i] += byMean * Math.exp(point[i]) / sum;
    }
    return value + stray * stray / 2;
  }

  private static double normal(
      double[] point, double[] gradient, int at, double centre, double spread, boolean moves) {
    if (!moves) {
      gradient[at] = 0;
      return 0;
    }
    double away = (point[at] - centre) / spread;
    gradient[at] += away / spread;
    return away * away / 2;
  }
}
