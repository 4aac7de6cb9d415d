package dev.ablate.backend;

import java.util.List;

/** Lasso and ridge regularisation paths on Gram matrices: many problems a call. */
public interface Paths {
  /**
   * One regression in sums over its rows: {@code G = Phi' Phi}, {@code b = Phi' y}.
   *
   * @param size number of columns k
   * @param gram {@code (k, k) row-major}, symmetric
   * @param products {@code (k)}
   * @param free {@code (k)} true where a coefficient is not penalised, such as the intercept
   * @param penalties the penalties, descending
   */
  record Problem(int size, double[] gram, double[] products, boolean[] free, double[] penalties) {}

  /**
   * Minimises {@code w'Gw/2 - b'w + penalty sum_{j not free} |w_j|} for each penalty. Thousands of
   * columns that depend on each other may take more work than an implementation allows: then the
   * weakest penalties have the solution of a stronger one.
   *
   * @return one {@code (penalties, k) row-major} array a problem
   */
  List<double[]> lasso(List<Problem> problems);

  /**
   * Minimises {@code w'Gw/2 - b'w + penalty/2 sum_{j not free} w_j^2} for each penalty.
   *
   * @return one {@code (penalties, k) row-major} array a problem
   */
  List<double[]> ridge(List<Problem> problems);
}
