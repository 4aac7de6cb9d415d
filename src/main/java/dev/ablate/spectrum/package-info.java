/** Sparse Walsh-Hadamard spectra: supports, coefficients, evaluation. */
package dev.ablate.spectrum;
