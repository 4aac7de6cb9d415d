/**
 * Grids, folds and stopping for boosted trees.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.solve.boost;
