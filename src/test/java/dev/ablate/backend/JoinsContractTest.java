package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Joins.Hits;
import dev.ablate.backend.Joins.Search;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.Philox;
import dev.ablate.work.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JoinsContractTest {
  /** What the definition finds, by shape: the same for every backend. */
  private static final Map<String, TreeMap<int[], Integer>> KNOWN = new ConcurrentHashMap<>();

  static Stream<Arguments> shapes() {
    int[][] shapes = {
      // rows, features, least order, largest order, keys, bits, least sum
      {63, 14, 3, 5, 3, 1, 1},
      {64, 14, 3, 5, 9, 4, 1},
      {65, 13, 4, 4, 5, 3, 12},
      {129, 12, 5, 5, 20, 6, 5},
      {200, 14, 3, 3, 4, 2, 20},
      {6, 11, 4, 5, 8, 24, 1},
      {7, 9, 3, 5, 2, 5, 1},
      {1, 6, 3, 5, 2, 2, 1},
      {90, 5, 3, 5, 11, 1, 1},
      {90, 3, 3, 5, 2, 1, 1},
      {90, 2, 3, 5, 2, 1, 1},
      {90, 1, 3, 5, 2, 1, 1},
      {64, 66, 5, 5, 3, 14, 14},
      {130, 70, 3, 4, 2, 10, 20}
    };
    return Stream.of(shapes)
        .flatMap(s -> BackendsUnderTest.all().map(backend -> Arguments.of(backend, s)));
  }

  /** The hits are those of the definition, each once, whatever the backend. */
  @ParameterizedTest
  @MethodSource("shapes")
  void findsWhatTheDefinitionFinds(Backend backend, int[] shape) {
    Game game = Game.of(shape[0], shape[1]);
    Search search =
        new Search(shape[2], shape[3], keys(shape[4], shape[5], shape[0]), 5, shape[6], 1 << 24);
    TreeMap<int[], Integer> expected =
        KNOWN.computeIfAbsent(Arrays.toString(shape), s -> game.byDefinition(search));
    Hits hits = game.join(backend, search);
    assertEquals(expected.size(), hits.found());
    same(expected, hits);
    if (shape[1] >= 11) {
      assertTrue(Arrays.stream(hits.sums()).anyMatch(sum -> sum > 0));
      assertTrue(Arrays.stream(hits.sums()).anyMatch(sum -> sum < 0));
      // Some sets agree with no key: the keys decide something.
      assertTrue(hits.found() < Screening.candidates(shape[1], shape[2], shape[3]));
    }
  }

  /** Within a key too, which takes a minute of a thousand features; each order to its end. */
  @Test
  void theHostSaysHowFarItIs() {
    Game game = Game.of(130, 40);
    try (HostBackend host = new HostBackend(2)) {
      for (int order = 3; order <= 5; order++) {
        Search search = new Search(3, order, keys(2, 12, 130), 0, 60, 1 << 20);
        List<Double> heard = new ArrayList<>();
        Work.run(
            (stage, share) -> heard.add(share),
            () -> Work.part("joins", 0.5, () -> game.join(host, search)));
        // The part's half, to a step that nobody is told of.
        List<Double> within = heard.stream().filter(share -> share < 0.5 + 1e-9).toList();
        assertTrue(within.size() >= (order == 3 ? 2 : 20), order + ": " + heard);
        assertEquals(0.5, within.get(within.size() - 1), 2e-3, order + ": " + heard);
      }
    }
  }

  /** The limit keeps the largest, of equal ones the first; hits are counted up to four times it. */
  @ParameterizedTest
  @MethodSource("backends")
  void keepsTheLargestWhereHitsAreMany(Backend backend) {
    Game game = Game.of(70, 14);
    int[][] keys = keys(6, 3, 70);
    TreeMap<int[], Integer> all = game.byDefinition(new Search(3, 5, keys, 2, 4, 1 << 20));
    for (int most : new int[] {1, 10, all.size() / 4 + 1, all.size(), all.size() + 1}) {
      TreeMap<int[], Integer> expected = new TreeMap<>(Sets::compare);
      all.entrySet().stream()
          .sorted(
              Comparator.comparingInt((Map.Entry<int[], Integer> e) -> -Math.abs(e.getValue()))
                  .thenComparing(Map.Entry::getKey, Sets::compare))
          .limit(most)
          .forEach(e -> expected.put(e.getKey(), e.getValue()));
      Hits hits = game.join(backend, new Search(3, 5, keys, 2, 4, most));
      same(expected, hits);
      assertEquals(Math.min(all.size(), Joins.COUNTED * most), hits.found());
    }
  }

  /** Bits of signs past the last row mean nothing, nor does it who is first that is said twice. */
  @ParameterizedTest
  @MethodSource("backends")
  void looksAtRowsAlone(Backend backend) {
    Game game = Game.of(70, 12);
    long[] more = game.signs.clone();
    more[1] |= -1L << 6;
    int[][] key = {{3, 3, 17, 69, 17}};
    int[][] turned = {{17, 69, 3, 17, 69}};
    Hits hits = game.join(backend, new Search(3, 4, key, 0, 2, 1000));
    assertTrue(hits.found() > 0);
    for (Game other : List.of(game, new Game(70, 12, game.masks, more))) {
      Hits same = other.join(backend, new Search(3, 4, turned, 0, 2, 1000));
      assertArrayEquals(hits.sums(), same.sums());
      assertArrayEquals(hits.sets().features(), same.sets().features());
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void noKeysNoHits(Backend backend) {
    Hits hits = Game.of(70, 12).join(backend, new Search(3, 5, new int[0][], 0, 1, 1000));
    assertEquals(0, hits.found());
    assertEquals(0, hits.sets().size());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void refusesRowsThatAreNotThere(Backend backend) {
    Game game = Game.of(70, 12);
    for (int row : new int[] {-1, 70}) {
      Search search = new Search(3, 5, new int[][] {{0, 1}, {row, 2}}, 0, 1, 10);
      assertThrows(IllegalArgumentException.class, () -> game.join(backend, search));
    }
  }

  @Test
  void refusesSearchesThatMeanNothing() {
    int[][] keys = {{0, 1}};
    for (int[] n :
        new int[][] {
          {2, 5, 0, 1, 1},
          {3, 6, 0, 1, 1},
          {5, 4, 0, 1, 1},
          {3, 5, -1, 1, 1},
          {3, 5, 0, 0, 1},
          {3, 5, 0, 1, 0}
        }) {
      assertThrows(
          IllegalArgumentException.class, () -> new Search(n[0], n[1], keys, n[2], n[3], n[4]));
    }
    for (int[][] unlike : new int[][][] {{{0}}, {{0, 1}, {0, 1, 2}}, {new int[26]}}) {
      assertThrows(IllegalArgumentException.class, () -> new Search(3, 5, unlike, 0, 1, 1));
    }
  }

  /** The host's rate is that of the checked-in table, in millions, whatever the threads. */
  @Test
  void theHostsRateDoesNotDependOnThreads() throws IOException {
    Properties table = new Properties();
    try (var in = Files.newBufferedReader(Path.of("kernels", "tuning", "host.properties"))) {
      table.load(in);
    }
    double rate = 1e6 * Integer.parseInt(table.getProperty("joins.rate"));
    for (int threads : new int[] {1, 2, 5}) {
      try (Backend host = new HostBackend(threads)) {
        assertEquals(rate, host.joins().lookupsPerSecond());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void everyBackendHasARate(Backend backend) {
    double rate = backend.joins().lookupsPerSecond();
    assertTrue(rate >= 1e6 && rate < 1e15, "rate " + rate);
  }

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  /** Keys of random rows; the second begins with a row that it has again. */
  private static int[][] keys(int count, int bits, int rows) {
    Philox.Stream random = Philox.stream(count, bits);
    int[][] keys = new int[count][bits + 1];
    for (int[] key : keys) {
      Arrays.setAll(key, b -> (int) Long.remainderUnsigned(random.nextLong(), rows));
    }
    keys[1][bits] = keys[1][0];
    return keys;
  }

  private static void same(TreeMap<int[], Integer> expected, Hits hits) {
    Sets sets = Sets.of(expected.keySet());
    assertArrayEquals(sets.starts(), hits.sets().starts());
    assertArrayEquals(sets.features(), hits.sets().features());
    assertArrayEquals(
        expected.values().stream().mapToInt(Integer::intValue).toArray(), hits.sums());
  }

  /** Random masks and signs. */
  private record Game(int rows, int features, long[] masks, long[] signs) {
    static Game of(int rows, int features) {
      Philox.Stream random = Philox.stream(rows, features);
      int words = (features + 63) >>> 6;
      long[] masks = new long[rows * words];
      for (int m = 0; m < masks.length; m++) {
        boolean short_ = m % words == words - 1 && features % 64 != 0;
        masks[m] = random.nextLong() & (short_ ? (1L << features) - 1 : -1L);
      }
      long[] signs = new long[(rows + 63) >>> 6];
      Arrays.setAll(signs, w -> random.nextLong());
      if (rows % 64 != 0) {
        signs[signs.length - 1] &= (1L << rows) - 1;
      }
      return new Game(rows, features, masks, signs);
    }

    Hits join(Backend backend, Search search) {
      return backend
          .joins()
          .join(HostBuffer.of(masks), rows, features, HostBuffer.of(signs), search);
    }

    /** Every set of the orders, each looked at alone. */
    TreeMap<int[], Integer> byDefinition(Search search) {
      TreeMap<int[], Integer> hits = new TreeMap<>(Sets::compare);
      long[][] columns = new long[features][signs.length];
      int words = (features + 63) >>> 6;
      for (int f = 0; f < features; f++) {
        for (int r = 0; r < rows; r++) {
          columns[f][r >>> 6] |= (masks[r * words + (f >>> 6)] >>> f & 1) << r;
        }
      }
      extend(new int[0], signs, columns, search, hits);
      return hits;
    }

    /** Sets that go on from one with larger features; {@code odd}: signs times its parities. */
    private void extend(
        int[] set, long[] odd, long[][] columns, Search search, TreeMap<int[], Integer> hits) {
      if (set.length >= search.minOrder()) {
        int sum = rows;
        for (long word : odd) {
          sum -= 2 * Long.bitCount(word);
        }
        if (Math.abs(sum) >= search.least() && met(set, odd, search)) {
          hits.put(set, sum);
        }
      }
      if (set.length == search.maxOrder()) {
        return;
      }
      int from = set.length == 0 ? 0 : set[set.length - 1] + 1;
      for (int f = from; f < features; f++) {
        int[] longer = Arrays.copyOf(set, set.length + 1);
        longer[set.length] = f;
        long[] more = odd.clone();
        for (int w = 0; w < more.length; w++) {
          more[w] ^= columns[f][w];
        }
        extend(longer, more, columns, search, hits);
      }
    }

    private static boolean met(int[] set, long[] odd, Search search) {
      return IntStream.range(0, search.keys().length)
          .anyMatch(
              k ->
                  Arrays.stream(search.keys()[k])
                              .map(r -> (int) (odd[r >>> 6] >>> r & 1))
                              .distinct()
                              .count()
                          == 1
                      && (set.length < 5 || looksAt(set, (search.first() + k) % Joins.SHARES)));
    }

    private static boolean looksAt(int[] set, int share) {
      for (int i = 0; i < 5; i++) {
        for (int j = i + 1; j < 5; j++) {
          for (int l = j + 1; l < 5; l++) {
            if ((set[i] + set[j] + set[l]) % Joins.SHARES == share) {
              return true;
            }
          }
        }
      }
      return false;
    }
  }
}
