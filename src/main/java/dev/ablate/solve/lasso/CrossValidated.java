package dev.ablate.solve.lasso;

/**
 * A linear model with a penalty that cross-validation chose.
 *
 * @param weights {@code (k)} fitted on all rows
 * @param penalty the choice; for the lasso per row, for ridge for the sums over all rows
 * @param r2 R² pooled over the folds, each predicted from the others
 */
public record CrossValidated(double[] weights, double penalty, double r2) {}
