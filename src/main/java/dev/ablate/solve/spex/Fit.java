package dev.ablate.solve.spex;

import dev.ablate.backend.Sets;

/**
 * A refined spectrum.
 *
 * @param sets the terms
 * @param coefficients one for each
 * @param penalty the chosen penalty, for sums over all rows; 0 without one
 * @param relaxed whether the coefficients are least squares on the lasso's support
 * @param leftOutR2 R² of fits on the delays that they did not see, NaN without such fits
 */
record Fit(Sets sets, double[] coefficients, double penalty, boolean relaxed, double leftOutR2) {}
