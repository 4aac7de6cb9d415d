package dev.ablate.code;

import java.util.Arrays;

/**
 * Bounded-distance decoding of a {@link BchCode}: from syndromes to error positions, at a cost that
 * does not depend on the length of the code. Berlekamp and Massey's algorithm gives the locator
 * polynomial, one chain of squarings tells whether it has all its roots in the field, and traces
 * split it (Berlekamp 1970). Not thread-safe: one decoder a thread.
 */
public final class BchDecoder {
  private final BchCode code;
  private final GaloisField field;
  private final int errors;
  private final int[] syndromes;
  private int[] locator;
  private int[] previous;
  private int[] spare;
  private final int[] monic;
  private final int[][] powers;
  private final int[][] reduced;
  private final int[] roots;
  private int rootCount;
  private int modulus;

  /** A decoder with its own scratch memory. */
  public BchDecoder(BchCode code) {
    this.code = code;
    this.field = code.field();
    this.errors = code.errors();
    this.syndromes = new int[2 * errors + 1];
    this.locator = new int[2 * errors + 2];
    this.previous = new int[2 * errors + 2];
    this.spare = new int[2 * errors + 2];
    this.monic = new int[errors + 1];
    this.powers = new int[field.degree()][errors];
    this.reduced = new int[errors][errors];
    this.roots = new int[errors];
  }

  /**
   * What an error at each parity position adds to the odd syndromes.
   *
   * @return {@code (P, t) row-major}: {@code alpha^(p (2j+1))}
   */
  public static int[] parityTable(BchCode code) {
    GaloisField field = code.field();
    int[] table = new int[code.parityBits() * code.errors()];
    for (int p = 0; p < code.parityBits(); p++) {
      for (int j = 0; j < code.errors(); j++) {
        table[p * code.errors() + j] = field.exp((int) ((long) p * (2 * j + 1) % field.order()));
      }
    }
    return table;
  }

  /**
   * Finds the errors behind syndromes.
   *
   * @param odd {@code (t)} the syndromes {@code S_1, S_3, ..., S_(2t-1)}
   * @param positions receives the positions below {@link BchCode#length()}, in no order
   * @return how many errors, or -1 when no pattern of at most t errors has these syndromes
   */
  public int decode(int[] odd, int[] positions) {
    int degree = locate(odd);
    if (degree < 0) {
      return -1;
    }
    for (int i = 0; i <= degree; i++) {
      monic[i] = locator[degree - i];
    }
    rootCount = 0;
    if (!(degree <= 2 ? closedForm(monic, degree) : splits(degree) && split(monic, degree, 0))) {
      return -1;
    }
    for (int r = 0; r < rootCount; r++) {
      positions[r] = field.log(roots[r]);
      if (positions[r] >= code.length()) {
        return -1;
      }
    }
    return rootCount;
  }

  /**
   * Berlekamp-Massey for binary codes, where every second discrepancy is 0.
   *
   * @return the degree of the locator, or -1 when it cannot have that many roots
   */
  private int locate(int[] odd) {
    for (int j = 0; j < errors; j++) {
      syndromes[2 * j + 1] = odd[j];
    }
    for (int j = 2; j <= 2 * errors; j += 2) {
      syndromes[j] = field.multiply(syndromes[j / 2], syndromes[j / 2]);
    }
    Arrays.fill(locator, 0);
    Arrays.fill(previous, 0);
    locator[0] = 1;
    previous[0] = 1;
    int length = 0;
    int shift = 1;
    int last = 1;
    for (int r = 0; r < 2 * errors; r += 2) {
      int discrepancy = 0;
      for (int i = 0; i <= length; i++) {
        discrepancy ^= field.multiply(locator[i], syndromes[r + 1 - i]);
      }
      if (discrepancy == 0) {
        shift += 2;
        continue;
      }
      int factor = field.divide(discrepancy, last);
      boolean grow = 2 * length <= r;
      if (grow) {
        System.arraycopy(locator, 0, spare, 0, locator.length);
      }
      for (int i = 0; i + shift < locator.length; i++) {
        locator[i + shift] ^= field.multiply(factor, previous[i]);
      }
      if (grow) {
        int[] swap = previous;
        previous = spare;
        spare = swap;
        length = r + 1 - length;
        last = discrepancy;
        shift = 2;
      } else {
        shift += 2;
      }
    }
    return length > errors || locator[length] == 0 ? -1 : length;
  }

  /** Adds the roots of a monic polynomial of degree 0, 1 or 2; false unless they are distinct. */
  private boolean closedForm(int[] f, int degree) {
    if (degree == 1) {
      roots[rootCount++] = f[0];
    } else if (degree == 2) {
      if (f[1] == 0) {
        return false;
      }
      int y = field.quadraticRoot(field.divide(f[0], field.multiply(f[1], f[1])));
      if (y < 0) {
        return false;
      }
      roots[rootCount++] = field.multiply(f[1], y);
      roots[rootCount++] = field.multiply(f[1], y ^ 1);
    }
    return true;
  }

  /**
   * Whether {@code monic} has {@code degree} distinct roots: {@code x^(2^m) = x} modulo it. Leaves
   * {@code x^(2^i)} in {@code powers}.
   */
  private boolean splits(int degree) {
    int half = (degree + 1) / 2;
    modulus = degree;
    reduceEvenPowers(degree, half);
    int[] x = powers[0];
    Arrays.fill(x, 0);
    x[1] = 1;
    for (int i = 1; i < field.degree(); i++) {
      square(powers[i - 1], powers[i], degree, half);
    }
    int[] last = spare;
    square(powers[field.degree() - 1], last, degree, half);
    for (int i = 0; i < degree; i++) {
      if (last[i] != x[i]) {
        return false;
      }
    }
    return true;
  }

  /** {@code x^(2i) mod monic} for the {@code i} where that is not {@code x^(2i)} itself. */
  private void reduceEvenPowers(int degree, int half) {
    int[] power = spare;
    System.arraycopy(monic, 0, power, 0, degree);
    for (int e = degree; e <= 2 * (degree - 1); e++) {
      if (e % 2 == 0 && e / 2 >= half) {
        System.arraycopy(power, 0, reduced[e / 2], 0, degree);
      }
      int top = power[degree - 1];
      for (int i = degree - 1; i > 0; i--) {
        power[i] = power[i - 1] ^ field.multiply(top, monic[i]);
      }
      power[0] = field.multiply(top, monic[0]);
    }
  }

  private void square(int[] from, int[] to, int degree, int half) {
    for (int i = 0; i < degree; i++) {
      to[i] = (i & 1) == 0 ? field.multiply(from[i / 2], from[i / 2]) : 0;
    }
    for (int i = half; i < degree; i++) {
      int factor = field.multiply(from[i], from[i]);
      for (int k = 0; k < degree; k++) {
        to[k] ^= field.multiply(factor, reduced[i][k]);
      }
    }
  }

  /**
   * Splits a factor of {@code monic} by the traces of {@code alpha^b x}: for one of the {@code b}
   * two given roots differ in it.
   */
  private boolean split(int[] f, int degree, int firstBasis) {
    if (degree <= 2) {
      return closedForm(f, degree);
    }
    for (int b = firstBasis; b < field.degree(); b++) {
      int[] trace = new int[modulus];
      for (int i = 0; i < field.degree(); i++) {
        int factor = field.exp((int) (((long) b << i) % field.order()));
        for (int k = 0; k < modulus; k++) {
          trace[k] ^= field.multiply(factor, powers[i][k]);
        }
      }
      int[] factor = Polynomials.gcd(field, Arrays.copyOf(f, degree + 1), trace);
      if (factor.length > 1 && factor.length <= degree) {
        int[] rest = Polynomials.quotient(field, f, degree, factor);
        return split(factor, factor.length - 1, b + 1) && split(rest, rest.length - 1, b + 1);
      }
    }
    return false;
  }
}
