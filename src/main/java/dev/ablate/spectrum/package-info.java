/**
 * Sparse Walsh-Hadamard spectra: supports, coefficients, evaluation.
 *
 * <p>Internal: public only for the layers above, except {@link dev.ablate.spectrum.Spectrum}.
 */
package dev.ablate.spectrum;
