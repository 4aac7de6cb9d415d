/**
 * Folds, candidates and choice for lasso and ridge on parities.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.solve.lasso;
