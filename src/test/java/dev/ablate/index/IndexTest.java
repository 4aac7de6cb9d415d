package dev.ablate.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.spectrum.Spectrum;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexTest {
  private static final double TOLERANCE = 1e-9; // sums of up to 3^n terms of size 1, and a solve

  @ParameterizedTest
  @EnumSource(Index.class)
  void denseGamesMatchTheDefinition(Index index) {
    for (int n = 1; n <= 6; n++) {
      double[] game = dense(n, 7 * n);
      for (int order = 1; order <= n + 2; order++) {
        check(index, n, order, game);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Index.class)
  void sparseGamesMatchTheDefinition(Index index) {
    for (int seed = 0; seed < 6; seed++) {
      int n = 5 + seed % 3;
      check(index, n, 1 + seed % 4, sparse(n, 5, seed));
    }
  }

  @ParameterizedTest
  @EnumSource(Index.class)
  void twelveFeaturesMatchTheDefinition(Index index) {
    check(index, index == Index.K_SII ? 9 : 12, 2, sparse(index == Index.K_SII ? 9 : 12, 12, 3));
  }

  @ParameterizedTest
  @EnumSource(Index.class)
  void edgeGamesMatchTheDefinition(Index index) {
    for (int n : new int[] {1, 2, 5}) {
      int full = (1 << n) - 1;
      double[] constant = game(n, m -> 2.5);
      double[] dictator = game(n, m -> m & 1);
      double[] parity = game(n, BruteForce::sign);
      double[] unanimity = game(n, m -> m == full ? 1 : 0);
      for (double[] game : List.of(constant, dictator, parity, unanimity)) {
        for (int order = 1; order <= n + 1; order++) {
          check(index, n, order, game);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Index.class)
  void efficiencyIsAsDeclared(Index index) {
    int n = 6;
    double[] game = dense(n, 5);
    IndexValues values = index.interactions(new BruteForce(n, game).spectrum(), 3);
    double sum = 0;
    for (int i = 0; i < values.size(); i++) {
      sum += values.sets().order(i) == 0 ? 0 : values.value(i);
    }
    double total = game[game.length - 1] - game[0];
    if (index.isEfficient()) {
      assertEquals(total, sum, TOLERANCE);
    } else {
      assertTrue(Math.abs(total - sum) > 1e-3, index + " gives " + sum + " of " + total);
    }
  }

  @Test
  void theEmptySetsValueIsAsStated() {
    int n = 5;
    double[] game = dense(n, 11);
    BruteForce brute = new BruteForce(n, game);
    Spectrum spectrum = brute.spectrum();
    double[] moebius = brute.values(Index.MOEBIUS, n);
    double sii = 0;
    double fbii = 0;
    for (int s = 0; s < game.length; s++) {
      sii += moebius[s] / (BruteForce.size(s) + 1);
      fbii += BruteForce.size(s) <= 2 ? spectrum.coefficientOf(BruteForce.members(s)) : 0;
    }
    assertEquals(sii, emptyValue(Index.SII, spectrum), TOLERANCE);
    assertEquals(fbii, emptyValue(Index.FBII, spectrum), TOLERANCE);
    assertEquals(spectrum.coefficientOf(), emptyValue(Index.BII, spectrum), TOLERANCE);
    for (Index index : List.of(Index.K_SII, Index.STII, Index.FSII, Index.MOEBIUS)) {
      assertEquals(game[0], emptyValue(index, spectrum), TOLERANCE, index.label());
      assertEquals(game[0], spectrum.none(), TOLERANCE);
    }
    assertNotEquals(game[0], sii, 1e-3);
    for (Index index : List.of(Index.SV, Index.BV)) {
      assertEquals(-1, find(index.interactions(spectrum, 2), new int[0]), index.label());
    }
  }

  @ParameterizedTest
  @EnumSource(Index.class)
  void symmetricFeaturesGetTheSame(Index index) {
    // Features 0 and 1 may be exchanged in this game, and so they may in its values.
    Random random = new Random(1);
    double[] of = random.doubles(3 * 8).toArray();
    double[] game = game(5, m -> of[Integer.bitCount(m & 3) * 8 + (m >> 2)]);
    IndexValues values = index.interactions(new BruteForce(5, game).spectrum(), 3);
    double[] dense = dense(values, 5);
    for (int s = 0; s < dense.length; s++) {
      int swapped = (s & ~3) | (s & 1) << 1 | (s >> 1 & 1);
      assertEquals(dense[s], dense[swapped], TOLERANCE);
    }
  }

  @ParameterizedTest
  @EnumSource(Index.class)
  void setsWithADummyGetNothing(Index index) {
    double[] game = dense(5, 9);
    for (int m = 0; m < game.length; m++) {
      game[m] = game[m & ~4];
    }
    IndexValues values = index.interactions(new BruteForce(5, game).spectrum(), 3);
    double[] dense = dense(values, 5);
    for (int s = 0; s < dense.length; s++) {
      assertTrue((s & 4) == 0 || Math.abs(dense[s]) < TOLERANCE, index + " gives set " + s);
    }
  }

  @ParameterizedTest
  @EnumSource(Index.class)
  void indicesAreLinear(Index index) {
    Spectrum a = new BruteForce(6, sparse(6, 6, 1)).spectrum();
    Spectrum b = new BruteForce(6, dense(6, 2)).spectrum();
    double[] together = dense(index.interactions(a.scale(3).plus(b), 2), 6);
    double[] left = dense(index.interactions(a, 2), 6);
    double[] right = dense(index.interactions(b, 2), 6);
    for (int s = 0; s < together.length; s++) {
      assertEquals(3 * left[s] + right[s], together[s], TOLERANCE);
    }
  }

  @Test
  void bernoulliSharesMakeTheTextbookExample() {
    // Game 1 + x1 + x1 x2 + 2 x0 x2 x3: k-SII of order 2, worked out by hand.
    double[] game =
        game(4, m -> 1 + (m >> 1 & 1) + ((m & 6) == 6 ? 1 : 0) + ((m & 13) == 13 ? 2 : 0));
    double[] values = dense(Index.K_SII.interactions(new BruteForce(4, game).spectrum(), 2), 4);
    assertEquals(1.0, values[2], 1e-12);
    assertEquals(-1.0 / 3, values[4], 1e-12);
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 64, 65, 300})
  void parityOfHighOrderHasExactValues(int d) {
    Spectrum parity = new Spectrum(d, Sets.of(List.of(all(d))), new double[] {1});
    for (int order = 1; order <= 2; order++) {
      double fsii = first(Index.FSII.interactions(parity, order), order);
      assertEquals(fsiiOfParity(d, order), fsii, 1e-12 * Math.abs(fsii) + 1e-300);
      double stii = first(Index.STII.interactions(parity, order), order);
      assertEquals(stiiOfParity(d, order), stii, 1e-12 * Math.abs(stii) + 1e-300);
      double sii = first(Index.SII.interactions(parity, order), order);
      double expected = (d - order) % 2 == 0 ? (order == 1 ? -2.0 : 4.0) / (d - order + 1) : 0;
      assertEquals(expected, sii, 1e-15);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 64, 65})
  void highOrdersStayEfficient(int d) {
    Spectrum parity = new Spectrum(d, Sets.of(List.of(all(d))), new double[] {1});
    for (Index index : List.of(Index.K_SII, Index.STII, Index.FSII)) {
      for (int order = 1; order <= 3; order++) {
        double sum = 0;
        double magnitude = 0;
        IndexValues values = index.interactions(parity, order);
        for (int i = 0; i < values.size(); i++) {
          sum += values.sets().order(i) == 0 ? 0 : values.value(i);
          magnitude += Math.abs(values.value(i));
        }
        assertEquals(d % 2 == 0 ? 0 : -2, sum, 1e-12 * magnitude, index.label());
      }
    }
  }

  @Test
  void valuesComeByFallingMagnitude() {
    IndexValues values = Index.FBII.interactions(new BruteForce(6, dense(6, 4)).spectrum(), 3);
    for (int i = 1; i < values.size(); i++) {
      assertTrue(Math.abs(values.value(i - 1)) >= Math.abs(values.value(i)));
    }
    assertEquals(1 + 6 + 15 + 20, values.size());
  }

  @Test
  void standardErrorsAddInSquares() {
    // BV(0) = -2 F(0); k-SII's Phi(0) of order 1 = -2 (F(0) + F(0,1,2)/3).
    Spectrum spectrum =
        new Spectrum(3, Sets.of(List.of(new int[] {0}, all(3))), new double[] {1, 1});
    double[] errors = {0.3, 0.4};
    IndexValues sv = Index.SV.interactions(spectrum, 1, errors);
    assertEquals(2 * Math.hypot(0.3, 0.4 / 3), sv.standardError(find(sv, new int[] {0})), 1e-15);
    IndexValues bv = Index.BV.interactions(spectrum, 1, errors);
    assertEquals(0.6, bv.standardError(0), 1e-15);
    assertEquals(null, Index.BV.interactions(spectrum, 1).standardError(0));
    errors[1] = Double.NaN;
    assertEquals(null, Index.SV.interactions(spectrum, 1, errors).standardError(0));
  }

  @Test
  void orderBeyondTheFeaturesIsNoTrouble() {
    double[] game = dense(4, 8);
    Spectrum spectrum = new BruteForce(4, game).spectrum();
    for (Index index : Index.values()) {
      assertArrayEquals(
          dense(index.interactions(spectrum, 5), 4),
          dense(index.interactions(spectrum, Integer.MAX_VALUE), 4),
          TOLERANCE,
          index.label());
    }
  }

  @Test
  void exponentialConversionsAreRefused() {
    Spectrum parity = new Spectrum(40, Sets.of(List.of(all(40))), new double[] {1});
    InputException refused =
        assertThrows(InputException.class, () -> Index.MOEBIUS.interactions(parity, 40));
    assertTrue(refused.getMessage().contains("order 40"), refused.getMessage());
    assertEquals(1 + 40 + 780, Index.MOEBIUS.interactions(parity, 2).size());
    assertEquals(1, Index.BII.interactions(parity, 40).size());
    Spectrum huge = new Spectrum(2000, Sets.of(List.of(all(2000))), new double[] {1});
    assertThrows(InputException.class, () -> Index.BII.interactions(huge, 2000));
  }

  @Test
  void namesAreParsed() {
    for (Index index : Index.values()) {
      assertEquals(index, Index.parse(index.label()));
    }
    assertEquals(Index.K_SII, Index.parse("kSII"));
    assertEquals(Index.MOEBIUS, Index.parse("Mobius"));
    InputException unknown = assertThrows(InputException.class, () -> Index.parse("shapley"));
    for (Index index : Index.values()) {
      assertTrue(unknown.getMessage().contains(index.label()), unknown.getMessage());
    }
    assertThrows(InputException.class, () -> Index.SII.interactions(Spectrum.zero(3), 0));
    assertEquals(0, Index.SII.interactions(Spectrum.zero(3), 2).size());
  }

  private static void check(Index index, int n, int order, double[] game) {
    BruteForce brute = new BruteForce(n, game);
    int top = index.effectiveOrder(order);
    double[] expected = brute.values(index, top);
    double[] actual = dense(index.interactions(brute.spectrum(), order), n);
    for (int s = 0; s < expected.length; s++) {
      boolean listed = BruteForce.size(s) <= top;
      boolean none = s == 0 && (index == Index.SV || index == Index.BV);
      double want = listed && !none ? expected[s] : 0;
      assertEquals(want, actual[s], TOLERANCE, index + " of order " + order + ", set " + s);
    }
  }

  private static double[] dense(IndexValues values, int n) {
    double[] dense = new double[1 << n];
    for (int i = 0; i < values.size(); i++) {
      int set = 0;
      for (int member : values.sets().get(i)) {
        set |= 1 << member;
      }
      assertEquals(0, dense[set], "each set comes once");
      dense[set] = values.value(i);
    }
    return dense;
  }

  private static int find(IndexValues values, int[] set) {
    return IntStream.range(0, values.size())
        .filter(i -> Arrays.equals(values.sets().get(i), set))
        .findFirst()
        .orElse(-1);
  }

  private static double emptyValue(Index index, Spectrum spectrum) {
    IndexValues values = index.interactions(spectrum, 2);
    return values.value(find(values, new int[0]));
  }

  /** The value of the set {0, ..., order-1}, 0 when it is not listed. */
  private static double first(IndexValues values, int order) {
    int i = find(values, all(order));
    return i < 0 ? 0 : values.value(i);
  }

  /**
   * Top-order FSII of the parity of d features from its definition by discrete derivatives, which
   * are {@code (-1)^t (-2)^l} here (Tsai, Yeh, Ravikumar 2023, Theorem 19), in exact arithmetic.
   */
  private static double fsiiOfParity(int d, int order) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int t = 0; t <= d - order; t++) {
      BigInteger term =
          choose(d - order, t).multiply(factorial(order + t - 1)).multiply(factorial(d - t - 1));
      sum = sum.add(new BigDecimal(t % 2 == 0 ? term : term.negate()));
    }
    BigInteger square = factorial(order - 1).pow(2);
    return sum.multiply(new BigDecimal(factorial(2 * order - 1)))
            .divide(
                new BigDecimal(factorial(d + order - 1).multiply(square)), MathContext.DECIMAL128)
            .doubleValue()
        * Math.pow(-2, order);
  }

  /** Top-order STII of the parity of d features: {@code l/d sum_T derivative / C(d-1, t)}. */
  private static double stiiOfParity(int d, int order) {
    BigDecimal sum = BigDecimal.ZERO;
    MathContext digits = new MathContext(200);
    for (int t = 0; t <= d - order; t++) {
      BigDecimal term =
          new BigDecimal(choose(d - order, t)).divide(new BigDecimal(choose(d - 1, t)), digits);
      sum = t % 2 == 0 ? sum.add(term) : sum.subtract(term);
    }
    double scale = Math.pow(-2, order) * order / d;
    double value = sum.doubleValue() * scale;
    return Math.abs(value) < 1e-100 ? 0 : value;
  }

  private static BigInteger factorial(int k) {
    BigInteger value = BigInteger.ONE;
    for (int i = 2; i <= k; i++) {
      value = value.multiply(BigInteger.valueOf(i));
    }
    return value;
  }

  private static BigInteger choose(int n, int k) {
    return factorial(n).divide(factorial(k)).divide(factorial(n - k));
  }

  private interface Value {
    double of(int mask);
  }

  private static double[] game(int n, Value value) {
    return IntStream.range(0, 1 << n).mapToDouble(value::of).toArray();
  }

  private static double[] dense(int n, long seed) {
    return new Random(seed).doubles(1 << n, -1, 1).toArray();
  }

  /** A few parities of random sets. */
  private static double[] sparse(int n, int terms, long seed) {
    Random random = new Random(seed);
    int[] sets = random.ints(terms, 0, 1 << n).toArray();
    double[] weights = random.doubles(terms, -1, 1).toArray();
    return game(
        n,
        m ->
            IntStream.range(0, terms)
                .mapToDouble(t -> weights[t] * BruteForce.sign(m & sets[t]))
                .sum());
  }

  private static int[] all(int n) {
    return IntStream.range(0, n).toArray();
  }
}
