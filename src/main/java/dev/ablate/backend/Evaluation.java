package dev.ablate.backend;

/** Evaluates sparse spectra on masks: {@code f(m) = sum_S F(S) (-1)^|m and S|}. */
public interface Evaluation {
  /**
   * Evaluates several spectra over the same sets.
   *
   * @param sets the supports
   * @param coefficients F64 {@code (outputs, sets) row-major}
   * @param outputs number of spectra
   * @param masks U64 {@code (rows, ceil(features/64)) row-major}
   * @param rows number of masks
   * @param features number of features
   * @return F64 {@code (rows, outputs) row-major}, in the unit of the coefficients
   */
  Buffer evaluate(
      Sets sets, Buffer coefficients, int outputs, Buffer masks, int rows, int features);
}
