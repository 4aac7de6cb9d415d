/**
 * A Gaussian process whose prior is a spectrum: carries the thousands of small terms that no list
 * of candidates holds.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.solve.gp;
