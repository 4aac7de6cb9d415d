package dev.ablate.code;

/**
 * A shortened systematic primitive narrow-sense BCH code. Message bit {@code i} is the coefficient
 * of {@code x^(P+i)}, parity bit {@code p} that of {@code x^p}, and the generator is the least
 * common multiple of the minimal polynomials of {@code alpha, alpha^3, ..., alpha^(2t-1)}.
 *
 * <p>Source: Lin and Costello, Error Control Coding, 2nd edition, chapter 6.
 */
public final class BchCode {
  private final GaloisField field;
  private final int errors;
  private final int messageBits;
  private final long[] generator;
  private final int parityBits;

  private BchCode(GaloisField field, int errors, int messageBits, long[] generator) {
    this.field = field;
    this.errors = errors;
    this.messageBits = messageBits;
    this.generator = generator;
    this.parityBits = degree(generator);
  }

  /**
   * The shortest such code.
   *
   * @param messageBits length of the message, at least 1
   * @param errors number of errors it corrects, at least 1
   * @throws InputException if it needs a field larger than GF(2^20)
   */
  public static BchCode smallest(int messageBits, int errors) {
    int degree = degree(messageBits, errors);
    GaloisField field = new GaloisField(degree);
    long[] generator = {1};
    boolean[] covered = new boolean[field.order()];
    for (int j = 1; j < 2 * errors; j += 2) {
      int root = j % field.order();
      if (!covered[root]) {
        generator = multiply(generator, minimalPolynomial(field, root, covered));
      }
    }
    return new BchCode(field, errors, messageBits, generator);
  }

  /** Number of parity bits of {@link #smallest}, without building the code. */
  public static int parityBits(int messageBits, int errors) {
    return parityBitsOf(degree(messageBits, errors), errors);
  }

  private static int degree(int messageBits, int errors) {
    for (int m = 2; m <= GaloisField.MAX_DEGREE; m++) {
      if ((1 << m) - 1 - parityBitsOf(m, errors) >= messageBits) {
        return m;
      }
    }
    throw new InputException(
        "no code in GF(2^"
            + GaloisField.MAX_DEGREE
            + ") for "
            + messageBits
            + " features and "
            + errors
            + " errors; use fewer features or errors");
  }

  /** Sizes of the distinct cyclotomic cosets of 1, 3, ..., 2t-1 modulo {@code 2^m - 1}. */
  private static int parityBitsOf(int m, int errors) {
    int order = (1 << m) - 1;
    int bits = 0;
    for (int j = 1; j < 2 * errors && j <= order; j += 2) {
      int size = 0;
      int smallest = j;
      int power = j % order;
      do {
        smallest = Math.min(smallest, power);
        power = power * 2 % order;
        size++;
      } while (power != j % order);
      // The least member of a coset is 0 or odd, so it stands for the coset in this loop.
      if (smallest == j % order) {
        bits += size;
      }
    }
    return bits;
  }

  private static long[] minimalPolynomial(GaloisField field, int root, boolean[] covered) {
    int[] product = {1};
    for (int e = root; !covered[e]; e = 2 * e % field.order()) {
      covered[e] = true;
      int[] next = new int[product.length + 1];
      for (int i = 0; i < product.length; i++) {
        next[i + 1] ^= product[i];
        next[i] ^= field.multiply(product[i], field.exp(e));
      }
      product = next;
    }
    long[] bits = new long[(product.length + 63) >>> 6];
    for (int i = 0; i < product.length; i++) {
      bits[i >>> 6] |= (long) product[i] << i;
    }
    return bits;
  }

  private static long[] multiply(long[] a, long[] b) {
    int degree = degree(a) + degree(b);
    long[] product = new long[(degree >>> 6) + 1];
    for (int i = 0; i <= degree(a); i++) {
      for (int j = 0; j <= degree(b) && bit(a, i) != 0; j++) {
        product[(i + j) >>> 6] ^= bit(b, j) << (i + j);
      }
    }
    return product;
  }

  private static int degree(long[] polynomial) {
    int top = polynomial.length - 1;
    while (polynomial[top] == 0) {
      top--;
    }
    return 64 * top + 63 - Long.numberOfLeadingZeros(polynomial[top]);
  }

  private static long bit(long[] words, int i) {
    return words[i >>> 6] >>> i & 1;
  }

  /** The field of the code's locators. */
  public GaloisField field() {
    return field;
  }

  /** Number of errors t that the code corrects. */
  public int errors() {
    return errors;
  }

  /** Number of message bits n. */
  public int messageBits() {
    return messageBits;
  }

  /** Number of parity bits P, the degree of the generator. */
  public int parityBits() {
    return parityBits;
  }

  /** Positions a word can have errors in: parity first, then message. */
  public int length() {
    return parityBits + messageBits;
  }

  /** The generator polynomial, bit {@code i} = coefficient of {@code x^i}. */
  public long[] generator() {
    return generator.clone();
  }

  /**
   * The parity bits of each single message bit.
   *
   * @param shift where parity bit 0 goes
   * @return {@code (messageBits, ceil((shift + P)/64)) row-major}, parity bit {@code p} = bit
   *     {@code shift + p}; other bits 0
   */
  public long[] parities(int shift) {
    int words = (shift + parityBits + 63) >>> 6;
    long[] rows = new long[Math.multiplyExact(messageBits, words)];
    // A shift register that divides by the generator: x^P mod g first, then one power more a step.
    long[] register = new long[(parityBits >>> 6) + 1];
    System.arraycopy(generator, 0, register, 0, generator.length);
    clear(register, parityBits);
    for (int i = 0; i < messageBits; i++) {
      for (int p = 0; p < parityBits; p++) {
        rows[i * words + ((shift + p) >>> 6)] |= bit(register, p) << (shift + p);
      }
      step(register);
    }
    return rows;
  }

  private void step(long[] register) {
    long carry = 0;
    for (int w = 0; w < register.length; w++) {
      long out = register[w] >>> 63;
      register[w] = register[w] << 1 | carry;
      carry = out;
    }
    if (bit(register, parityBits) != 0) {
      for (int w = 0; w < generator.length; w++) {
        register[w] ^= generator[w];
      }
    }
  }

  private static void clear(long[] words, int i) {
    words[i >>> 6] &= ~(1L << i);
  }
}
