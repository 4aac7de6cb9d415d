/**
 * Regressions on parities: cross-validated lasso and ridge from Gram matrices.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.solve.lasso;
