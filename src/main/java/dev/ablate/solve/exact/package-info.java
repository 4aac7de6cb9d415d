/**
 * The full transform, for games small enough to evaluate every mask.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.solve.exact;
