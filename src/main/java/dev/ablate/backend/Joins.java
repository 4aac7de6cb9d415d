package dev.ablate.backend;

import java.util.Arrays;

/**
 * Finds sets of three to five features whose parities follow given signs, without forming all sets:
 * a set whose parity agrees with the signs on each of the few rows of a key is a pair joined with
 * one, two or three further features that has what the pair lacks. Pairs are looked up by their
 * bits on those rows, so that orders of magnitude fewer sets are formed than there are.
 *
 * <p>A set that agrees with the signs on a share {@code p} of the rows is met by a key of {@code b
 * + 1} rows with probability {@code p^(b+1) + (1-p)^(b+1)}, and of order five by one key in {@value
 * #SHARES} to all, most often by two of three: of its ten triples one must be among those that the
 * key looks at.
 *
 * <p>Source: the join of half-sized parts is Schroeppel and Shamir's (1981); signs of the largest
 * values as the rows that say most are the decoding of a noisy codeword from its reliable bits.
 */
public interface Joins {
  /** Lowest order that is joined. */
  int LEAST_ORDER = 3;

  /** Highest order that is joined. */
  int MOST_ORDER = 5;

  /** Most bits of a key, a power of two of the entries of its table. */
  int MOST_BITS = 24;

  /**
   * A key looks at the triples whose features' places sum to its own number modulo this. There are
   * ten triples in a set of five, any of which will do.
   */
  int SHARES = 8;

  /** Hits are counted up to so many times as many as are asked for. */
  int COUNTED = 4;

  /** Most features. */
  int MOST_FEATURES = 1 << 15;

  /**
   * What to look for. The hits are the sets of these orders with {@code |sum| >= least} for which
   * some key has the same {@code s(r) chi_S(m_r)} on all of its rows, and, of order five, also a
   * triple of the set among those that the key looks at.
   *
   * @param minOrder smallest order, from {@value #LEAST_ORDER}
   * @param maxOrder largest order, to {@value #MOST_ORDER}
   * @param keys {@code (keys, bits + 1)} rows of each key, of which the first says what the sign of
   *     the others is relative to; all keys have the same number of bits, at most {@value
   *     #MOST_BITS}
   * @param first number of the first key: key k looks at triples {@code {i, j, l}} with {@code i +
   *     j + l = first + k} modulo {@value #SHARES}
   * @param least least {@code |sum_r s(r) chi_S(m_r)|} of a hit, over all rows, at least 1
   * @param most at most so many hits, those of largest magnitude
   */
  record Search(int minOrder, int maxOrder, int[][] keys, int first, int least, int most) {
    /** Checks it. */
    public Search {
      if (minOrder < LEAST_ORDER || maxOrder > MOST_ORDER || minOrder > maxOrder) {
        throw new IllegalArgumentException("orders " + minOrder + " to " + maxOrder);
      }
      int bits = keys.length == 0 ? 1 : keys[0].length - 1;
      if (bits < 1 || bits > MOST_BITS || Arrays.stream(keys).anyMatch(k -> k.length != bits + 1)) {
        throw new IllegalArgumentException("keys of 2 to " + (MOST_BITS + 1) + " rows, all alike");
      }
      if (least < 1 || most < 1 || first < 0) {
        throw new IllegalArgumentException("least " + least + ", most " + most + ", " + first);
      }
    }

    /**
     * Checks it against what it is asked of.
     *
     * @throws IllegalArgumentException if a key has a row that is not there, or features are too
     *     many
     */
    public void check(int rows, int features) {
      if (features > MOST_FEATURES) {
        throw new IllegalArgumentException(features + " features, of at most " + MOST_FEATURES);
      }
      if (Arrays.stream(keys).flatMapToInt(Arrays::stream).anyMatch(r -> r < 0 || r >= rows)) {
        throw new IllegalArgumentException("a key with a row that is not one of " + rows);
      }
    }

    /** {@code (ceil(rows/64))} a copy of the signs, 0 past the last row. */
    public long[] signs(Buffer signs, int rows) {
      long[] copy = Arrays.copyOf(signs.toHost().words(), (rows + 63) >>> 6);
      if (rows % 64 != 0) {
        copy[rows >>> 6] &= (1L << rows) - 1;
      }
      return copy;
    }

    /** Bits of a key. */
    public int bits() {
      return keys.length == 0 ? 1 : keys[0].length - 1;
    }
  }

  /**
   * What a search found.
   *
   * @param sets the hits in the order of {@link Sets#compare}, each once
   * @param sums {@code sum_r s(r) chi_S(m_r)} of each
   * @param found number of hits before the limit, counted up to {@value #COUNTED} times the limit
   */
  record Hits(Sets sets, int[] sums, long found) {}

  /**
   * Joins. The result depends on neither threads nor group sizes.
   *
   * @param masks U64 {@code (rows, ceil(features/64)) row-major}
   * @param rows number of masks
   * @param features number of features, at most {@value #MOST_FEATURES}
   * @param signs U64 {@code (ceil(rows/64))}: the bit of a row is set where its sign {@code s} is
   *     -1
   * @param search keys, orders and limits
   */
  Hits join(Buffer masks, int rows, int features, Buffer signs, Search search);

  /**
   * Sets that a second may be counted on to form and look up, from the tuning table of the machine,
   * never by a clock.
   */
  double lookupsPerSecond();

  /** How many sets a key forms and looks up, among so many features. */
  static double lookups(int features, int minOrder, int maxOrder) {
    double pairs = Screening.candidates(features, 2, 2);
    double sum = pairs;
    sum += minOrder <= 3 ? features : 0;
    sum += minOrder <= 4 && maxOrder >= 4 ? pairs : 0;
    return sum + (maxOrder >= 5 ? Screening.candidates(features, 3, 3) / SHARES : 0);
  }
}
