package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.TreeSpectra.Selection;
import dev.ablate.backend.TreeSpectra.Terms;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tree spectra against walking the trees, on all masks where they can be listed. */
class TreeSpectraContractTest {
  private static final Backend HOST = new HostBackend(1);

  static Stream<Arguments> forests() {
    int[][] shapes = {
      {1, 1, 1},
      {2, 3, 1},
      {5, 3, 700},
      {7, 6, 40},
      {10, 5, 300},
      {10, 10, 3},
      {64, 5, 260},
      {1000, 5, 60},
      {300, 9, 4},
      {70_000, 7, 10}
    };
    return Stream.of(shapes)
        .flatMap(s -> BackendsUnderTest.all().map(b -> Arguments.of(b, s[0], s[1], s[2])));
  }

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  @ParameterizedTest
  @MethodSource("forests")
  void theSpectrumIsTheForest(Backend backend, int features, int depth, int trees) {
    Forest forest = new Grower(features, depth, 31 * features + trees).forest(trees);
    for (int used : new int[] {0, 1, trees / 2, trees}) {
      Terms terms = backend.treeSpectra().spectra(List.of(forest), new int[] {used}).get(0);
      assertOrdered(terms);
      Philox.Stream random = Philox.stream(3, 5);
      int masks = features <= 10 ? 1 << features : 60;
      for (int m = 0; m < masks; m++) {
        int number = m;
        boolean[] mask = new boolean[features];
        for (int i = 0; i < features; i++) {
          mask[i] = features <= 10 ? (number >>> i & 1) != 0 : random.nextInt(2) == 1;
        }
        assertEquals(walk(forest, used, i -> mask[i]), evaluate(terms, i -> mask[i]), 1e-9);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void coefficientsAreThoseOfTheDefinition(Backend backend) {
    int features = 8;
    Forest forest = new Grower(features, 4, 12).forest(20);
    Terms terms = backend.treeSpectra().spectra(List.of(forest), new int[] {20}).get(0);
    double[] expected = new double[1 << features];
    for (int set = 0; set < expected.length; set++) {
      for (int m = 0; m < 1 << features; m++) {
        int mask = m;
        double value = walk(forest, 20, i -> (mask >>> i & 1) != 0);
        expected[set] += Integer.bitCount(set & m) % 2 == 0 ? value : -value;
      }
      expected[set] /= 1 << features;
    }
    double[] actual = new double[1 << features];
    for (int s = 0; s < terms.sets().size(); s++) {
      int set = 0;
      for (int f : terms.sets().get(s)) {
        set |= 1 << f;
      }
      actual[set] = terms.coefficients()[s];
    }
    assertArrayEquals(expected, actual, 1e-12);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aFeatureThatReturnsOnAPathIsDecidedOnce(Backend backend) {
    // x0 ? (x0 ? 1 : 100) : 2
    Forest forest =
        new Forest(
            0.5,
            new int[] {0},
            new int[] {0, -1, 0, -1, -1},
            new int[] {1, -1, 3, -1, -1},
            new int[] {2, -1, 4, -1, -1},
            new double[] {0, 2, 0, 100, 1});
    Terms terms = backend.treeSpectra().spectra(List.of(forest), new int[] {1}).get(0);
    assertEquals(2, terms.sets().size());
    assertArrayEquals(new double[] {2.0, 0.5}, terms.coefficients());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void severalForestsAreTheSameAsOneByOne(Backend backend) {
    List<Forest> forests = new ArrayList<>();
    for (int f = 0; f < 4; f++) {
      forests.add(new Grower(40, 5, f).forest(500));
    }
    List<Terms> together = backend.treeSpectra().spectra(forests, new int[] {500, 400, 300, 257});
    for (int f = 0; f < 4; f++) {
      Terms alone =
          backend
              .treeSpectra()
              .spectra(List.of(forests.get(f)), new int[] {new int[] {500, 400, 300, 257}[f]})
              .get(0);
      assertArrayEquals(alone.coefficients(), together.get(f).coefficients());
      assertArrayEquals(alone.sets().features(), together.get(f).sets().features());
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void forestsWithoutTreesAndPrefixesStandBesideOthers(Backend backend) {
    Forest one = new Grower(30, 4, 1).forest(40);
    Forest other = new Grower(2000, 4, 2).forest(7);
    Forest leaf =
        new Forest(1, new int[] {0}, new int[] {-1}, new int[1], new int[1], new double[] {2});
    List<Forest> forests = List.of(leaf, one, other, one, other, leaf, one);
    int[] trees = {0, 40, 0, 13, 7, 1, 0};
    List<Terms> together = backend.treeSpectra().spectra(forests, trees);
    for (int f = 0; f < trees.length; f++) {
      assertOrdered(together.get(f));
      Philox.Stream random = Philox.stream(f, 3);
      boolean[] mask = new boolean[2000];
      for (int m = 0; m < 20; m++) {
        for (int i = 0; i < mask.length; i++) {
          mask[i] = random.nextInt(2) == 1;
        }
        double expected = walk(forests.get(f), trees[f], i -> mask[i]);
        assertEquals(expected, evaluate(together.get(f), i -> mask[i]), 1e-9);
      }
    }
    assertArrayEquals(new double[] {1}, together.get(0).coefficients());
    assertArrayEquals(new double[] {3}, together.get(5).coefficients());
    assertEquals(0, backend.treeSpectra().spectra(List.<Forest>of(), new int[0]).size());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aDeepPathHasAllItsSubsets(Backend backend) {
    int depth = 14;
    // Feature 900 - 60 k at depth k, a leaf 2^k where its bit is 1 and 0 at the end: no term is 0.
    int[] feature = new int[2 * depth + 1];
    int[] left = new int[2 * depth + 1];
    int[] right = new int[2 * depth + 1];
    double[] value = new double[2 * depth + 1];
    for (int k = 0; k < depth; k++) {
      feature[k] = 900 - 60 * k;
      left[k] = k + 1 < depth ? k + 1 : 2 * depth;
      right[k] = depth + k;
      feature[depth + k] = -1;
      value[depth + k] = 1 << k;
    }
    feature[2 * depth] = -1;
    Forest forest = new Forest(0, new int[] {0}, feature, left, right, value);
    Terms terms = backend.treeSpectra().spectra(List.of(forest), new int[] {1}).get(0);
    assertOrdered(terms);
    assertEquals(depth, terms.sets().maxOrder());
    Philox.Stream random = Philox.stream(8, 8);
    for (int m = 0; m < 50; m++) {
      boolean[] mask = new boolean[901];
      for (int i = 0; i < mask.length; i++) {
        mask[i] = random.nextInt(3) == 0;
      }
      assertEquals(walk(forest, 1, i -> mask[i]), evaluate(terms, i -> mask[i]), 1e-9);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void termsThatCancelAreDropped(Backend backend) {
    // (x3 ? 4 : 0) + (x3 ? 0 : 4) + (x5 ? 1 : 1)
    Forest forest =
        new Forest(
            0,
            new int[] {0, 3, 6},
            new int[] {3, -1, -1, 3, -1, -1, 5, -1, -1},
            new int[] {1, 0, 0, 4, 0, 0, 7, 0, 0},
            new int[] {2, 0, 0, 5, 0, 0, 8, 0, 0},
            new double[] {0, 0, 4, 0, 4, 0, 0, 1, 1});
    Terms terms = backend.treeSpectra().spectra(List.of(forest), new int[] {3}).get(0);
    assertEquals(1, terms.sets().size());
    assertArrayEquals(new double[] {5}, terms.coefficients());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void theLargestTermsAreThoseOfTheWholeSpectrum(Backend backend) {
    List<Forest> forests = new ArrayList<>();
    int[] trees = {60, 0, 40, 7, 1};
    int[] features = {30, 30, 6, 2000, 3};
    for (int f = 0; f < trees.length; f++) {
      forests.add(new Grower(features[f], 5, 40 + f).forest(60));
    }
    List<Terms> whole = backend.treeSpectra().spectra(forests, trees);
    for (int most : new int[] {0, 1, 2, 33, 1000, 1 << 20}) {
      List<Terms> some = backend.treeSpectra().spectra(forests, trees, Selection.largest(most));
      for (int f = 0; f < trees.length; f++) {
        assertSame(largest(whole.get(f), most), some.get(f));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void ofEqualMagnitudesTheFirstSetsStay(Backend backend) {
    // Leaves are small integers, so that sums are exact on every backend and many are equal.
    Forest one = rounded(new Grower(12, 4, 50).forest(80));
    Forest other = rounded(new Grower(9, 3, 51).forest(30));
    List<Forest> forests = List.of(one, other, one);
    int[] trees = {80, 30, 5};
    List<Terms> whole = HOST.treeSpectra().spectra(forests, trees);
    boolean tied = false;
    for (int most = 1; most < 120; most += 7) {
      List<Terms> some = backend.treeSpectra().spectra(forests, trees, Selection.largest(most));
      for (int f = 0; f < trees.length; f++) {
        assertSame(largest(whole.get(f), most), some.get(f));
        tied |= smallest(largest(whole.get(f), most)) == smallest(largest(whole.get(f), most + 1));
      }
    }
    assertTrue(tied);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void singletonsStayWhateverIsSelected(Backend backend) {
    Forest stumps = new Grower(50, 1, 9).forest(300);
    Terms whole = backend.treeSpectra().spectra(List.of(stumps), new int[] {300}).get(0);
    assertEquals(1, whole.sets().maxOrder());
    for (int most : new int[] {0, 1, 1000}) {
      Selection selection = Selection.largest(most);
      assertSame(
          whole, backend.treeSpectra().spectra(List.of(stumps), new int[] {300}, selection).get(0));
    }
  }

  @Test
  void negativeNumbersOfTermsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Selection.largest(-1));
  }

  /** Written anew from the definition: a term stays if fewer than {@code most} come before it. */
  private static Terms largest(Terms all, int most) {
    List<int[]> sets = new ArrayList<>();
    List<Double> kept = new ArrayList<>();
    for (int s = 0; s < all.sets().size(); s++) {
      int before = 0;
      double own = Math.abs(all.coefficients()[s]);
      for (int t = 0; t < all.sets().size() && all.sets().order(s) > 1; t++) {
        double magnitude = Math.abs(all.coefficients()[t]);
        boolean first = magnitude > own || (magnitude == own && t < s);
        before += first && all.sets().order(t) > 1 ? 1 : 0;
      }
      if (all.sets().order(s) < 2 || before < most) {
        sets.add(all.sets().get(s));
        kept.add(all.coefficients()[s]);
      }
    }
    return new Terms(Sets.of(sets), kept.stream().mapToDouble(c -> c).toArray());
  }

  /** The smallest magnitude of order 2 and more. */
  private static double smallest(Terms terms) {
    double smallest = Double.POSITIVE_INFINITY;
    for (int s = 0; s < terms.sets().size(); s++) {
      if (terms.sets().order(s) > 1) {
        smallest = Math.min(smallest, Math.abs(terms.coefficients()[s]));
      }
    }
    return smallest;
  }

  private static Forest rounded(Forest forest) {
    double[] values = Arrays.stream(forest.value()).map(Math::rint).toArray();
    return new Forest(1, forest.roots(), forest.feature(), forest.left(), forest.right(), values);
  }

  private static void assertSame(Terms expected, Terms actual) {
    assertArrayEquals(expected.sets().starts(), actual.sets().starts());
    assertArrayEquals(expected.sets().features(), actual.sets().features());
    assertArrayEquals(expected.coefficients(), actual.coefficients());
  }

  private static void assertOrdered(Terms terms) {
    assertEquals(terms.coefficients().length, terms.sets().size());
    assertEquals(0, terms.sets().order(0));
    for (int s = 1; s < terms.sets().size(); s++) {
      assertTrue(Sets.compare(terms.sets().get(s - 1), terms.sets().get(s)) < 0);
      assertTrue(terms.coefficients()[s] != 0);
    }
  }

  private static double walk(Forest forest, int trees, IntPredicate kept) {
    double sum = forest.base();
    for (int t = 0; t < trees; t++) {
      int node = forest.roots()[t];
      while (forest.feature()[node] >= 0) {
        node = kept.test(forest.feature()[node]) ? forest.right()[node] : forest.left()[node];
      }
      sum += forest.value()[node];
    }
    return sum;
  }

  private static double evaluate(Terms terms, IntPredicate kept) {
    double sum = 0;
    for (int s = 0; s < terms.sets().size(); s++) {
      boolean odd = false;
      for (int f : terms.sets().get(s)) {
        odd ^= kept.test(f);
      }
      sum += odd ? -terms.coefficients()[s] : terms.coefficients()[s];
    }
    return sum;
  }

  /** Random trees; a node splits with probability 4/5 until the depth is reached. */
  private static final class Grower {
    private final int features;
    private final int depth;
    private final Philox.Stream random;
    private final List<int[]> nodes = new ArrayList<>();
    private final List<Double> values = new ArrayList<>();

    Grower(int features, int depth, int seed) {
      this.features = features;
      this.depth = depth;
      this.random = Philox.stream(seed, 6);
    }

    Forest forest(int trees) {
      int[] roots = new int[trees];
      for (int t = 0; t < trees; t++) {
        roots[t] = grow(0);
      }
      return new Forest(
          random.nextGaussian(),
          roots,
          nodes.stream().mapToInt(n -> n[0]).toArray(),
          nodes.stream().mapToInt(n -> n[1]).toArray(),
          nodes.stream().mapToInt(n -> n[2]).toArray(),
          values.stream().mapToDouble(v -> v).toArray());
    }

    private int grow(int level) {
      int node = nodes.size();
      int[] entry = {-1, -1, -1};
      nodes.add(entry);
      values.add(0.0);
      if (level < depth && random.nextInt(5) > 0) {
        entry[0] = random.nextInt(features);
        entry[1] = grow(level + 1);
        entry[2] = grow(level + 1);
      } else {
        values.set(node, random.nextGaussian());
      }
      return node;
    }
  }
}
