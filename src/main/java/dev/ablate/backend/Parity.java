package dev.ablate.backend;

/**
 * Bit-packed parity columns and their products. Column {@code s} has bit {@code r} set when {@code
 * |m_r and S_s|} is odd, so {@code chi = 1 - 2 bit}; bits past the last row are 0.
 */
public interface Parity {
  /**
   * Parity columns of sets over masks.
   *
   * @param sets the sets
   * @param masks U64 {@code (rows, ceil(features/64)) row-major}
   * @param rows number of masks
   * @param features number of features
   * @return U64 {@code (sets, ceil(rows/64)) row-major}
   */
  Buffer columns(Sets sets, Buffer masks, int rows, int features);

  /**
   * Gram matrices of the parity columns over subsets of the rows: {@code G_k(s,t) = sum_{r in k}
   * chi_s chi_t = |k| - 2 popcount((c_s xor c_t) and k)}.
   *
   * @param columns U64 {@code (sets, ceil(rows/64)) row-major}
   * @param sets number of columns
   * @param rows number of rows
   * @param parts U64 {@code (partCount, ceil(rows/64)) row-major}, bit = row belongs to the part
   * @param partCount number of row subsets, such as folds
   * @return F64 {@code (partCount, sets, sets) row-major}, exact integers
   */
  Buffer gram(Buffer columns, int sets, int rows, Buffer parts, int partCount);

  /**
   * Products with values over subsets of the rows: {@code b_k(s, o) = sum_{r in k} chi_s(r) y(r,
   * o)}.
   *
   * @param columns U64 {@code (sets, ceil(rows/64)) row-major}
   * @param sets number of columns
   * @param rows number of rows
   * @param parts U64 {@code (partCount, ceil(rows/64)) row-major}
   * @param partCount number of row subsets
   * @param values F64 {@code (rows, outputs) row-major}
   * @param outputs number of outputs
   * @return F64 {@code (partCount, outputs, sets) row-major}
   */
  Buffer products(
      Buffer columns, int sets, int rows, Buffer parts, int partCount, Buffer values, int outputs);
}
