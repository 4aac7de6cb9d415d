package dev.ablate.solve.spex;

import dev.ablate.backend.Sets;

/**
 * A refined spectrum.
 *
 * @param sets the terms
 * @param coefficients one for each, none of them 0 but perhaps the empty set's
 * @param penalty the chosen penalty, for sums over all rows
 * @param relaxed whether the coefficients are least squares on the lasso's support
 * @param foldR2 R² of the fits without a fold on that fold
 */
record Fit(Sets sets, double[] coefficients, double penalty, boolean relaxed, double foldR2) {}
