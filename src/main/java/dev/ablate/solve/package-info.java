/**
 * Solvers: from masks and values to a spectrum.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.solve;
