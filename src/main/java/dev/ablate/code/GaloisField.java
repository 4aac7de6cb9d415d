package dev.ablate.code;

import java.util.Arrays;

/**
 * Arithmetic in GF(2^m) by tables. An element is a number below {@code 2^m} whose bits are its
 * coordinates; {@code alpha = 2} generates all elements but 0.
 */
public final class GaloisField {
  /** Largest supported degree. */
  public static final int MAX_DEGREE = 20;

  /** Primitive polynomials of degree 2, 3, ... as bits, the leading one included. */
  private static final int[] PRIMITIVE = {
    0x7, 0xB, 0x13, 0x25, 0x43, 0x89, 0x11D, 0x211, 0x409, 0x805, 0x1053, 0x201B, 0x4443, 0x8003,
    0x1100B, 0x20009, 0x40081, 0x80027, 0x100009
  };

  private final int degree;
  private final int order;
  private final int[] exp;
  private final int[] log;
  private final int[] root;

  /**
   * The tables of GF(2^degree).
   *
   * @param degree 2 to {@link #MAX_DEGREE}
   */
  public GaloisField(int degree) {
    if (degree < 2 || degree > MAX_DEGREE) {
      throw new IllegalArgumentException("no field of degree " + degree);
    }
    this.degree = degree;
    this.order = (1 << degree) - 1;
    this.exp = new int[4 * order + 1];
    this.log = new int[order + 1];
    int x = 1;
    for (int e = 0; e < order; e++) {
      exp[e] = x;
      exp[e + order] = x;
      log[x] = e;
      x <<= 1;
      if (x > order) {
        x ^= PRIMITIVE[degree - 2];
      }
    }
    // Sums with the logarithm of 0 fall behind the powers, where exp is 0: products need no branch.
    log[0] = 2 * order;
    this.root = new int[order + 1];
    Arrays.fill(root, -1);
    for (int y = order; y >= 0; y--) {
      root[multiply(y, y) ^ y] = y;
    }
  }

  /** The degree m. */
  public int degree() {
    return degree;
  }

  /** Number of elements but 0: {@code 2^m - 1}. */
  public int order() {
    return order;
  }

  /** {@code alpha^e} for {@code 0 <= e < 2 * order}. */
  public int exp(int e) {
    return exp[e];
  }

  /** The exponent of {@code a != 0}, below {@link #order()}. */
  public int log(int a) {
    return log[a];
  }

  /** The product. */
  public int multiply(int a, int b) {
    return exp[log[a] + log[b]];
  }

  /** {@code a / b} for {@code b != 0}. */
  public int divide(int a, int b) {
    return a == 0 ? 0 : exp[log[a] + order - log[b]];
  }

  /** A solution {@code y} of {@code y^2 + y = c}, or -1; the other one is {@code y + 1}. */
  public int quadraticRoot(int c) {
    return root[c];
  }
}
