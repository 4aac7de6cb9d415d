package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.backend.kernel.Tuning;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows of tokens against lists that are made token by token. */
class TokensContractTest {
  private static final int UNTOUCHED = 1_234_567;

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  private static Tokens.Text on(Backend backend, Tokens.Text text) {
    return new Tokens.Text(
        backend.upload(text.ids()),
        backend.upload(text.owners()),
        backend.upload(text.starts()),
        backend.upload(text.substitutes()),
        text.features(),
        text.longest(),
        text.empty());
  }

  private static List<TokensCase> cases() {
    return List.of(
        TokensCase.random(9, 3, 4, 1, 30, -1, 0, 1),
        TokensCase.random(1, 1, 2, 0, 0, 1, 1, 2),
        TokensCase.random(1, 1, 2, 0, 0, 1, 2, 3),
        TokensCase.random(6, 5, 2, 0, 0, 0, 300, 4),
        TokensCase.random(6, 5, 2, 0, 0, -1, 300, 5),
        TokensCase.random(20, 12, 1, 3, 10, -1, 300, 16),
        TokensCase.random(40, 63, 3, 1, 10, -1, 500, 6),
        TokensCase.random(70, 64, 40_000, 1, 5, 7, 500, 7),
        TokensCase.random(300, 65, 50, 3, 20, -1, 400, 8),
        TokensCase.random(400, 200, 2_000_000_000, 1, 0, 9, 2_000, 9),
        TokensCase.random(3, 130, 2, 5, 0, -1, 3_000, 10),
        TokensCase.random(0, 4, 2, 0, 0, 5, 20, 11));
  }

  /**
   * Three features whose tokens have one hash, because the polynomials of their differences are 0,
   * behind two tokens that always stay.
   */
  private static TokensCase collision() {
    int[] ids = {4, 4, 5, 1541985, 496068, 2471976, 5, 5, 559810, 3508838, 1633990};
    BigInteger hash = TokensCase.hash(List.of(4, 4, ids[2], ids[3], ids[4]));
    assertEquals(hash, TokensCase.hash(List.of(4, 4, ids[5], ids[6], ids[7])));
    assertEquals(hash, TokensCase.hash(List.of(4, 4, ids[8], ids[9], ids[10])));
    int[] owners = {-1, -1, 0, 0, 0, 1, 1, 1, 2, 2, 2};
    long[] masks = {1, 2, 1, 2, 2, 4, 4, 1, 7, 4, 7, 1, 1};
    return new TokensCase(ids, owners, new int[11][0], 3, 6, masks);
  }

  private static int[] counted(
      List<List<Integer>> rows, ToIntFunction<List<Integer>> of, int length) {
    int[] counted = new int[length];
    rows.forEach(row -> counted[of.applyAsInt(row)]++);
    return counted;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void everyDifferentRowIsThereOnce(Backend backend) {
    for (TokensCase given : cases()) {
      List<List<Integer>> all = given.rows();
      List<List<Integer>> expected = given.expectedRows();
      Map<List<Integer>, Integer> numbers = new LinkedHashMap<>();
      expected.forEach(row -> numbers.put(row, numbers.size()));
      Map<List<Integer>, Integer> first = new HashMap<>();
      IntStream.range(0, all.size()).forEach(m -> first.putIfAbsent(all.get(m), m));
      for (boolean uploaded : new boolean[] {false, true}) {
        Tokens.Text text = uploaded ? on(backend, given.text()) : given.text();
        Buffer masks = HostBuffer.of(given.masks());
        try (Buffer there = uploaded ? backend.upload(masks) : masks;
            Tokens.Distinct found = backend.tokens().distinct(text, there, given.count())) {
          assertEquals(expected.size(), found.count());
          assertArrayEquals(
              expected.stream().mapToInt(first::get).toArray(), found.firsts().toHost().ints());
          assertArrayEquals(
              expected.stream().mapToInt(List::size).toArray(), found.lengths().toHost().ints());
          assertArrayEquals(
              all.stream().mapToInt(numbers::get).toArray(), found.rowOf().toHost().ints());
          int lengths = given.longest() + 1;
          assertArrayEquals(counted(expected, List::size, lengths), found.rowsOfLength());
          assertArrayEquals(counted(all, List::size, lengths), found.masksOfLength());
        }
        text.close();
      }
    }
  }

  /** Masks 0, 1 and 2 leave two rows of one hash in turn: a row is compared with the one before. */
  @ParameterizedTest
  @MethodSource("backends")
  void rowsOfOneHashStayApart(Backend backend) {
    TokensCase given = collision();
    try (Tokens.Distinct found =
        backend.tokens().distinct(given.text(), HostBuffer.of(given.masks()), given.count())) {
      assertArrayEquals(new int[] {0, 1, 2, 3, 5, 7, 9, 11, 8}, found.firsts().toHost().ints());
      assertArrayEquals(
          new int[] {0, 1, 2, 3, 3, 4, 4, 5, 8, 6, 8, 7, 7}, found.rowOf().toHost().ints());
      assertArrayEquals(new int[] {5, 5, 5, 5, 5, 5, 5, 5, 11}, found.lengths().toHost().ints());
      assertArrayEquals(new int[] {0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 1}, found.rowsOfLength());
      assertArrayEquals(new int[] {0, 0, 0, 0, 0, 11, 0, 0, 0, 0, 0, 2}, found.masksOfLength());
    }
  }

  private static Buffer untouched(Backend backend, Element element, int length) {
    HostBuffer buffer = HostBuffer.zeros(element, length);
    if (element == Element.I32) {
      Arrays.fill(buffer.ints(), UNTOUCHED);
    } else {
      Arrays.fill(buffer.words(), UNTOUCHED);
    }
    return backend.upload(buffer);
  }

  private static long[] longs(Buffer buffer) {
    HostBuffer host = buffer.toHost();
    return host.element() == Element.I32
        ? Arrays.stream(host.ints()).asLongStream().toArray()
        : host.words();
  }

  /** Rows of a batch as they must be: those before and behind are untouched. */
  private static long[] expected(
      List<List<Integer>> rows, int width, int at, int all, ToTensor tensor) {
    long[] expected = new long[all * width];
    Arrays.fill(expected, UNTOUCHED);
    for (int p = 0; p < rows.size(); p++) {
      for (int t = 0; t < width; t++) {
        expected[(at + p) * width + t] = tensor.number(rows.get(p), t);
      }
    }
    return expected;
  }

  private interface ToTensor {
    long number(List<Integer> row, int place);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void batchesHaveTheRowsAndWhatStandsAroundThem(Backend backend) {
    int[][] tails = {{}, {77}, {4, 4, 1_999_999_999}};
    List<TokensCase> cases = cases();
    for (int number = 1; number < cases.size(); number++) {
      TokensCase given = cases.get(number);
      int[] tail = tails[number % 3];
      int past = number % 2 * 3;
      Buffer masks = HostBuffer.of(given.masks());
      try (Tokens.Distinct distinct =
          backend.tokens().distinct(given.text(), masks, given.count())) {
        int first = distinct.count() / 3;
        int count = Math.min(20, distinct.count() - first);
        int places = count + number % 3;
        List<List<Integer>> rows = new ArrayList<>();
        int[] firsts = distinct.firsts().toHost().ints();
        for (int p = 0; p < places; p++) {
          List<Integer> row = new ArrayList<>(given.row(firsts[first + (p < count ? p : 0)]));
          IntStream.of(tail).forEach(row::add);
          rows.add(row);
        }
        int width = rows.stream().mapToInt(List::size).max().orElseThrow() + number % 4;
        fill(backend, given, distinct, first, count, tail, rows, Math.max(1, width), past);
      }
    }
  }

  private static void fill(
      Backend backend,
      TokensCase given,
      Tokens.Distinct distinct,
      int first,
      int count,
      int[] tail,
      List<List<Integer>> rows,
      int width,
      int past) {
    int at = 2;
    int all = at + rows.size() + 1;
    for (Element element : List.of(Element.I32, Element.U64)) {
      // Networks may mix them, too.
      Element other = element == Element.I32 ? Element.U64 : Element.I32;
      try (Buffer ids = untouched(backend, element, all * width);
          Buffer attention = untouched(backend, other, all * (past + width));
          Buffer positions = untouched(backend, element, all * width);
          Buffer alone = untouched(backend, other, all * width)) {
        Tokens tokens = backend.tokens();
        Buffer masks = HostBuffer.of(given.masks());
        tokens.fill(
            given.text(),
            masks,
            distinct,
            first,
            count,
            HostBuffer.of(tail),
            new Tokens.Batch(ids, attention, positions, width, past, 9),
            at,
            rows.size());
        tokens.fill(
            given.text(),
            masks,
            distinct,
            first,
            count,
            HostBuffer.of(tail),
            new Tokens.Batch(alone, null, null, width, past, 9),
            at,
            rows.size());
        ToTensor token = (row, t) -> t < row.size() ? row.get(t) : 9;
        assertArrayEquals(expected(rows, width, at, all, token), longs(ids));
        assertArrayEquals(expected(rows, width, at, all, token), longs(alone));
        assertArrayEquals(
            expected(rows, past + width, at, all, (row, t) -> t < past + row.size() ? 1 : 0),
            longs(attention));
        assertArrayEquals(expected(rows, width, at, all, (row, t) -> past + t), longs(positions));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void headsLookBeforeTheTokensThatAreAskedAbout(Backend backend) {
    TokensCase given = TokensCase.random(50, 20, 90, 1, 10, 3, 200, 12);
    int width = 60;
    int at = 1;
    int[] offsets = {0, 1, 2, 0, 1};
    int[] asked = {8, 9, 10, 2_000_000_000, 12};
    try (Tokens.Distinct distinct =
            backend.tokens().distinct(given.text(), HostBuffer.of(given.masks()), given.count());
        Buffer places = untouched(backend, Element.U64, 400);
        Buffer targets = untouched(backend, Element.U64, 400)) {
      int first = 7;
      int count = Math.min(60, distinct.count() - first);
      int from = 11;
      backend
          .tokens()
          .ask(
              distinct,
              first,
              count,
              HostBuffer.of(offsets),
              HostBuffer.of(asked),
              width,
              at,
              places,
              targets,
              from);
      long[] expectedPlaces = longs(untouched(backend, Element.U64, 400));
      long[] expectedTargets = expectedPlaces.clone();
      int[] firsts = distinct.firsts().toHost().ints();
      for (int i = 0; i < count * 5; i++) {
        int length = given.row(firsts[first + i / 5]).size();
        expectedPlaces[from + i] = (at + i / 5) * width + length - 1 + offsets[i % 5];
        expectedTargets[from + i] = asked[i % 5];
      }
      assertArrayEquals(expectedPlaces, longs(places));
      assertArrayEquals(expectedTargets, longs(targets));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void everyTokenButTheFirstIsAskedAbout(Backend backend) {
    for (Element element : List.of(Element.I32, Element.U64)) {
      for (int tokens : new int[] {1, 2, 30}) {
        TokensCase given = TokensCase.random(tokens, 12, 90, 0, 10, 3, 100, tokens);
        int width = tokens + 1;
        int at = 1;
        Buffer masks = HostBuffer.of(given.masks());
        try (Tokens.Distinct distinct =
                backend.tokens().distinct(given.text(), masks, given.count());
            Buffer ids = untouched(backend, element, (at + distinct.count()) * width);
            Buffer places = untouched(backend, Element.U64, 3 + distinct.count() * tokens);
            Buffer targets = untouched(backend, Element.U64, 3 + distinct.count() * tokens)) {
          Tokens.Batch batch = new Tokens.Batch(ids, null, null, width, 0, 55);
          Buffer none = HostBuffer.of(new int[0]);
          int count = distinct.count();
          Tokens work = backend.tokens();
          work.fill(given.text(), masks, distinct, 0, count, none, batch, at, count);
          work.askOwn(distinct, 0, count, batch, at, places, targets, 3);
          long[] expectedPlaces = longs(untouched(backend, Element.U64, 3 + count * tokens));
          long[] expectedTargets = expectedPlaces.clone();
          int[] firsts = distinct.firsts().toHost().ints();
          for (int r = 0; r < count; r++) {
            List<Integer> row = given.row(firsts[r]);
            for (int t = 1; t < width; t++) {
              int to = 3 + r * tokens + t - 1;
              expectedPlaces[to] = (at + r) * width + (t < row.size() ? t - 1 : 0);
              expectedTargets[to] = t < row.size() ? row.get(t) : 0;
            }
          }
          assertArrayEquals(expectedPlaces, longs(places));
          assertArrayEquals(expectedTargets, longs(targets));
        }
      }
    }
  }

  /** Only the numbers of rows and masks of each length come to the host. */
  @ParameterizedTest
  @MethodSource("backends")
  void littleComesToTheHost(Backend backend) {
    TokensCase given = TokensCase.random(100, 40, 1000, 1, 0, 3, 5_000, 13);
    try (Tokens.Text text = on(backend, given.text());
        Buffer masks = backend.upload(HostBuffer.of(given.masks()))) {
      Traffic before = backend.traffic();
      backend.tokens().distinct(text, masks, given.count()).close();
      Traffic moved = backend.traffic().since(before);
      assertTrue(moved.toHost() <= 8L * (given.longest() + 1), moved.toString());
      assertEquals(0, moved.toDevice());
    }
  }

  /** Wherever memory ends, nothing of it stays taken. */
  @ParameterizedTest
  @MethodSource("kernelBackends")
  void shortMemoryIsGivenBack(Backend backend) {
    TokensCase given = TokensCase.random(30, 20, 1000, 1, 0, 3, 2_000, 14);
    Device device = ((KernelBackend) backend).deviceHandle();
    Buffer masks = HostBuffer.of(given.masks());
    long before = device.allocated();
    AtomicInteger refused = new AtomicInteger();
    boolean enough = false;
    for (int kibibytes = 1; !enough; kibibytes += 3) {
      Device limited = ShortDevice.of(device, before + 1024L * kibibytes, refused);
      Tokens tokens = new KernelBackend(limited, new Tuning(Map.of("group", 32))).tokens();
      try (Tokens.Distinct found = tokens.distinct(given.text(), masks, given.count())) {
        assertEquals(given.expectedRows().size(), found.count());
        enough = true;
      } catch (OutOfDeviceMemoryException e) {
        assertEquals(before, device.allocated());
      }
    }
    assertTrue(refused.get() > 5, refused + " tries");
    assertEquals(before, device.allocated());
  }

  static Stream<Backend> kernelBackends() {
    return KernelBackends.with(Map.of("group", 32));
  }

  @ParameterizedTest
  @MethodSource("kernelBackends")
  void aBatchOfTheHostIsNoPlaceForADevice(Backend backend) {
    TokensCase given = TokensCase.random(3, 2, 10, 1, 0, 3, 4, 15);
    Buffer masks = HostBuffer.of(given.masks());
    try (Tokens.Distinct found = backend.tokens().distinct(given.text(), masks, given.count())) {
      Tokens.Batch batch = new Tokens.Batch(HostBuffer.of(new int[12]), null, null, 12, 0, 0);
      Buffer none = HostBuffer.of(new int[0]);
      Tokens tokens = backend.tokens();
      assertThrows(
          IllegalArgumentException.class,
          () -> tokens.fill(given.text(), masks, found, 0, 1, none, batch, 0, 1));
    }
  }
}
