/**
 * Screening as a solver: every interaction up to an order is tested outright, in rounds on what the
 * terms found so far leave.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.solve.screen;
