package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ablate.backend.Decoding.Decoded;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.backend.kernel.Tuning;
import dev.ablate.code.BchCode;
import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Terms planted in bins by the definition of the transform must come out of them. */
class DecodingContractTest {
  private static final Decoding.Settings HARD = new Decoding.Settings(1, 0.9, 3, true);
  private static final Decoding.Settings SOFT = new Decoding.Settings(55, 0.9, 3, true);

  /** Features, groups, b, t, terms, problems. */
  static Stream<Arguments> exact() {
    int[][] shapes = {
      {1, 1, 1, 1, 1, 1}, {2, 3, 3, 5, 2, 2}, {9, 3, 4, 3, 6, 1}, {20, 2, 5, 2, 8, 3},
      {64, 3, 5, 5, 20, 2}, {65, 3, 4, 4, 10, 1}, {1000, 3, 6, 5, 60, 1}, {3000, 4, 5, 7, 40, 2},
      // A field whose products are folded four times, one of more than 16 bits, one term in 2^9
      // bins.
      {9000, 3, 4, 3, 8, 1}, {100_000, 3, 4, 5, 12, 1}, {40, 1, 9, 2, 1, 3}
    };
    // A backend is closed after the test it was given to, so each gets its own.
    return Stream.of(shapes)
        .flatMap(
            s ->
                BackendsUnderTest.all()
                    .map(b -> Arguments.of(b, s[0], s[1], s[2], s[3], s[4], s[5])));
  }

  @ParameterizedTest
  @MethodSource("exact")
  void recoversSparseTermsExactly(
      Backend backend, int n, int groups, int b, int t, int terms, int problems) {
    CodedBins bins = bins(n, groups, b, t);
    List<TreeMap<int[], Double>> planted =
        IntStream.range(0, problems).mapToObj(p -> terms(n, t, terms, p)).toList();
    double[] transforms =
        planted.stream()
            .flatMapToDouble(problem -> Arrays.stream(transform(bins, problem, 0, 0)))
            .toArray();
    double[] before = transforms.clone();
    try (Buffer buffer = backend.upload(HostBuffer.of(transforms))) {
      List<Decoded> decoded = backend.decoding().decode(bins, buffer, problems, SOFT);
      assertArrayEquals(before, buffer.toHost().doubles(), 0, "transforms are not to be changed");
      assertEquals(problems, decoded.size());
      for (int p = 0; p < problems; p++) {
        expect(planted.get(p), decoded.get(p), 1e-9);
      }
    }
  }

  /** Rounding of floats, at most 2^-24 of numbers below 16, is averaged over three bins. */
  @ParameterizedTest
  @MethodSource("devices")
  void recoversTermsFromSinglePrecision(Backend backend) {
    CodedBins bins = bins(64, 3, 5, 5);
    List<TreeMap<int[], Double>> planted =
        IntStream.range(0, 3).mapToObj(p -> terms(64, 5, 20, 40 + p)).toList();
    float[] singles = new float[3 * size(bins)];
    for (int p = 0; p < 3; p++) {
      double[] one = transform(bins, planted.get(p), 0, 0);
      for (int i = 0; i < one.length; i++) {
        singles[p * one.length + i] = (float) one[i];
      }
    }
    try (Buffer buffer = backend.upload(HostBuffer.of(singles))) {
      List<Decoded> decoded = backend.decoding().decode(bins, buffer, 3, SOFT);
      for (int p = 0; p < 3; p++) {
        expect(planted.get(p), decoded.get(p), 1e-6);
      }
    }
  }

  /**
   * From samples of two outputs, transformed where they are decoded: floats on devices. A sample is
   * below 64 and a mean of 1,152 of them keeps an error far below its 4e-6.
   */
  @ParameterizedTest
  @MethodSource("backends")
  void recoversTermsFromSamples(Backend backend) {
    CodedBins bins = bins(64, 3, 5, 5);
    List<TreeMap<int[], Double>> planted = List.of(terms(64, 5, 20, 50), terms(64, 5, 15, 51));
    int rows = bins.groups() * bins.delays();
    int masks = size(bins);
    double[] samples = new double[2 * masks];
    try (Backend host = new HostBackend(1)) {
      for (int q = 0; q < 2; q++) {
        double[] one = transform(bins, planted.get(q), 0, 0);
        // The transform is its own inverse but for the scale.
        host.walsh().transform(HostBuffer.of(one), rows, bins.points(), 1);
        for (int i = 0; i < masks; i++) {
          samples[2 * i + q] = one[i];
        }
      }
    }
    try (Buffer byOutput = backend.walsh().byOutput(HostBuffer.of(samples), masks, 2)) {
      backend.walsh().transform(byOutput, 2 * rows, bins.points(), 1.0 / bins.points());
      List<Decoded> decoded = backend.decoding().decode(bins, byOutput, 2, SOFT);
      expect(planted.get(0), decoded.get(0), 1e-6);
      expect(planted.get(1), decoded.get(1), 1e-6);
    }
  }

  /**
   * On what no longer decodes exactly, every backend takes the same decisions: the arithmetic is
   * that of the host in the same order. Terms are too many for the bins, there is noise, and later
   * rounds leave out quiet bins.
   */
  @ParameterizedTest
  @MethodSource("backends")
  void decidesAsTheHostDoes(Backend backend) {
    CodedBins bins = bins(300, 3, 5, 5);
    double[] both =
        Stream.of(
                transform(bins, terms(300, 5, 45, 6), 0.2, 9),
                transform(bins, terms(300, 3, 25, 7), 0.6, 10),
                transform(bins, terms(300, 3, 30, 8), 0, 0))
            .flatMapToDouble(Arrays::stream)
            .toArray();
    List<Decoding.Settings> settings =
        List.of(
            SOFT,
            HARD,
            new Decoding.Settings(200, 0.95, Double.NEGATIVE_INFINITY, false),
            new Decoding.Settings(3, 0.5, 0, true));
    try (Backend host = new HostBackend(1);
        Buffer buffer = backend.upload(HostBuffer.of(both))) {
      for (Decoding.Settings how : settings) {
        List<Decoded> expected = host.decoding().decode(bins, HostBuffer.of(both), 3, how);
        List<Decoded> decoded = backend.decoding().decode(bins, buffer, 3, how);
        for (int p = 0; p < 3; p++) {
          same(expected.get(p), decoded.get(p));
        }
      }
    }
  }

  /** All features fall in two bins of a group: the others stay empty. */
  @ParameterizedTest
  @MethodSource("backends")
  void standsEmptyBins(Backend backend) {
    int[] hashes = new int[3 * 40];
    Arrays.setAll(hashes, i -> i < 80 ? i % 2 * 5 : i % 8);
    CodedBins bins = new CodedBins(BchCode.smallest(40, 5), 3, 3, hashes);
    TreeMap<int[], Double> planted = terms(40, 3, 6, 12);
    try (Backend host = new HostBackend(1)) {
      HostBuffer data = HostBuffer.of(transform(bins, planted, 0, 0));
      same(
          host.decoding().decode(bins, data, 1, SOFT).get(0),
          backend.decoding().decode(bins, data, 1, SOFT).get(0));
    }
  }

  /** Signs without errors need one pattern. */
  @ParameterizedTest
  @MethodSource("backends")
  void hardDecodingRecoversCleanTerms(Backend backend) {
    CodedBins bins = bins(200, 3, 6, 3);
    TreeMap<int[], Double> planted = terms(200, 3, 15, 13);
    HostBuffer data = HostBuffer.of(transform(bins, planted, 0, 0));
    expect(planted, backend.decoding().decode(bins, data, 1, HARD).get(0), 1e-9);
  }

  /** Memory for one problem at a time gives what memory for all gives. */
  @ParameterizedTest
  @MethodSource("tuned")
  void worksInSmallerBatchesWhereMemoryIsShort(KernelBackend backend) {
    CodedBins bins = bins(64, 3, 5, 5);
    int problems = 5;
    double[] all =
        IntStream.range(0, problems)
            .mapToObj(p -> transform(bins, terms(64, 4, 10 + p, p), 0.1, p))
            .flatMapToDouble(Arrays::stream)
            .toArray();
    List<Decoded> expected = backend.decoding().decode(bins, HostBuffer.of(all), problems, SOFT);
    long before = backend.deviceHandle().allocated();
    // The transforms and, twice, the numbers of two problems: enough for two, not for three.
    long most = before + 8L * size(bins) * (problems + 4);
    AtomicInteger refused = new AtomicInteger();
    Device limited = ShortDevice.of(backend.deviceHandle(), most, refused);
    Backend small = new KernelBackend(limited, new Tuning(Map.of()));
    List<Decoded> decoded = small.decoding().decode(bins, HostBuffer.of(all), problems, SOFT);
    for (int p = 0; p < problems; p++) {
      same(expected.get(p), decoded.get(p));
    }
    assertEquals(2, refused.get(), "batches of five and of three do not fit");
    assertEquals(before, backend.deviceHandle().allocated(), "all memory is given back");
    Device none = ShortDevice.of(backend.deviceHandle(), before + 8L * size(bins), refused);
    Backend nothing = new KernelBackend(none, new Tuning(Map.of()));
    assertThrows(
        OutOfDeviceMemoryException.class,
        () -> nothing.decoding().decode(bins, HostBuffer.of(all), problems, SOFT));
    assertEquals(before, backend.deviceHandle().allocated(), "all memory is given back");
  }

  static Stream<Backend> devices() {
    return KernelBackends.all();
  }

  static Stream<Backend> tuned() {
    return KernelBackends.tuned();
  }

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  /** Noise of a sixth of the terms: the values are 0.1 off at most, nothing is invented. */
  @ParameterizedTest
  @MethodSource("backends")
  void softDecodingStandsNoise(Backend backend) {
    CodedBins bins = bins(500, 3, 6, 5);
    TreeMap<int[], Double> planted = terms(500, 4, 50, 3);
    double[] noisy = transform(bins, planted, 0.15, 4);
    expect(planted, backend.decoding().decode(bins, HostBuffer.of(noisy), 1, SOFT).get(0), 0.1);
  }

  /** One singleton a bin and signs flipped where they are weakest: only soft decoding reads it. */
  @ParameterizedTest
  @MethodSource("backends")
  void flipsUnreliableSigns(Backend backend) {
    CodedBins bins = bins(200, 3, 4, 5);
    TreeMap<int[], Double> planted = new TreeMap<>(Sets::compare);
    planted.put(new int[] {3, 50, 77, 121, 190}, 1.0);
    double[] transform = transform(bins, planted, 0, 0);
    for (int delay : new int[] {0, 9, 30}) {
      for (int c = 0; c < 3; c++) {
        for (int j = 0; j < bins.points(); j++) {
          transform[(c * bins.delays() + delay) * bins.points() + j] *= -0.01 * (1 + delay);
        }
      }
    }
    HostBuffer data = HostBuffer.of(transform);
    assertEquals(0, backend.decoding().decode(bins, data, 1, HARD).get(0).sets().size());
    Decoded soft = backend.decoding().decode(bins, data, 1, SOFT).get(0);
    assertArrayEquals(planted.firstKey(), soft.sets().get(0));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void findsNothingInNothingAndNoise(Backend backend) {
    CodedBins bins = bins(300, 3, 5, 5);
    TreeMap<int[], Double> none = new TreeMap<>(Sets::compare);
    double[] both =
        Stream.of(transform(bins, none, 0, 0), transform(bins, none, 1, 8))
            .flatMapToDouble(Arrays::stream)
            .toArray();
    for (Decoded decoded : backend.decoding().decode(bins, HostBuffer.of(both), 2, SOFT)) {
      assertEquals(0, decoded.sets().size());
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void refusesTransformsOfAnotherSize(Backend backend) {
    CodedBins bins = bins(30, 3, 3, 2);
    HostBuffer data = HostBuffer.of(new double[7]);
    assertThrows(
        IllegalArgumentException.class, () -> backend.decoding().decode(bins, data, 1, SOFT));
  }

  private static int size(CodedBins bins) {
    return bins.groups() * bins.delays() * bins.points();
  }

  private static void same(Decoded expected, Decoded decoded) {
    assertArrayEquals(expected.sets().starts(), decoded.sets().starts());
    assertArrayEquals(expected.sets().features(), decoded.sets().features());
    assertArrayEquals(expected.coefficients(), decoded.coefficients(), 1e-12);
    assertEquals(expected.rounds(), decoded.rounds());
  }

  private static CodedBins bins(int n, int groups, int b, int t) {
    Philox.Stream random = Philox.stream(5, n);
    int[] hashes =
        IntStream.generate(() -> random.nextInt(1 << b)).limit((long) groups * n).toArray();
    return new CodedBins(BchCode.smallest(n, t), groups, b, hashes);
  }

  private static TreeMap<int[], Double> terms(int n, int maxOrder, int count, long seed) {
    Philox.Stream random = Philox.stream(seed, 77);
    TreeMap<int[], Double> terms = new TreeMap<>(Sets::compare);
    while (terms.size() < count) {
      int order = random.nextInt(Math.min(n, maxOrder) + 1);
      int[] set =
          IntStream.generate(() -> random.nextInt(n)).distinct().limit(order).sorted().toArray();
      terms.put(set, (random.nextInt(2) == 0 ? 1 : -1) * (0.9 + random.nextDouble()));
    }
    return terms;
  }

  /** {@code U_{c,p}(j) = sum over terms of bin j of F(k) (-1)^<d_p,k>}, from code words. */
  private static double[] transform(
      CodedBins bins, TreeMap<int[], Double> terms, double noise, int seed) {
    Philox.Stream random = Philox.stream(seed, 78);
    int n = bins.features();
    long[] parities = bins.code().parities(0);
    int words = parities.length / n;
    double[] transform = new double[bins.groups() * bins.delays() * bins.points()];
    for (int i = 0; i < transform.length; i++) {
      transform[i] = noise == 0 ? 0 : noise * random.nextGaussian();
    }
    terms.forEach(
        (set, coefficient) -> {
          for (int c = 0; c < bins.groups(); c++) {
            int bin = 0;
            for (int i : set) {
              bin ^= bins.hashes()[c * n + i];
            }
            for (int p = 0; p < bins.delays(); p++) {
              long sign = 0;
              for (int i : set) {
                sign ^= p == 0 ? 0 : parities[i * words + ((p - 1) >>> 6)] >>> (p - 1);
              }
              transform[(c * bins.delays() + p) * bins.points() + bin] +=
                  (sign & 1) == 0 ? coefficient : -coefficient;
            }
          }
        });
    return transform;
  }

  private static void expect(TreeMap<int[], Double> planted, Decoded decoded, double tolerance) {
    assertEquals(planted.size(), decoded.sets().size());
    int s = 0;
    for (int[] set : planted.keySet()) {
      assertArrayEquals(set, decoded.sets().get(s));
      assertEquals(planted.get(set), decoded.coefficients()[s], tolerance);
      s++;
    }
  }
}
