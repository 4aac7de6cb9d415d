package dev.ablate.code;

import java.util.Arrays;

/** Polynomials over GF(2^m), lowest coefficient first. */
final class Polynomials {
  private Polynomials() {}

  /** The monic greatest common divisor; its length is its degree + 1. Overwrites neither. */
  static int[] gcd(GaloisField field, int[] a, int[] b) {
    int[] x = a.clone();
    int[] y = b.clone();
    while (degree(y) >= 0) {
      remainder(field, x, y, null);
      int[] swap = x;
      x = y;
      y = swap;
    }
    int degree = degree(x);
    int lead = x[degree];
    int[] monic = new int[degree + 1];
    for (int i = 0; i <= degree; i++) {
      monic[i] = field.divide(x[i], lead);
    }
    return monic;
  }

  /** {@code a / b} without remainder, for {@code a} of the given degree. */
  static int[] quotient(GaloisField field, int[] a, int degree, int[] b) {
    int[] quotient = new int[degree - degree(b) + 1];
    remainder(field, Arrays.copyOf(a, degree + 1), b, quotient);
    return quotient;
  }

  /** Leaves {@code a mod b} in {@code a} and, where given, adds to the quotient. */
  private static void remainder(GaloisField field, int[] a, int[] b, int[] quotient) {
    int divisor = degree(b);
    for (int top = degree(a); top >= divisor; top--) {
      int factor = field.divide(a[top], b[divisor]);
      if (quotient != null) {
        quotient[top - divisor] = factor;
      }
      for (int i = 0; i <= divisor && factor != 0; i++) {
        a[top - divisor + i] ^= field.multiply(factor, b[i]);
      }
    }
  }

  private static int degree(int[] polynomial) {
    int degree = polynomial.length - 1;
    while (degree >= 0 && polynomial[degree] == 0) {
      degree--;
    }
    return degree;
  }
}
