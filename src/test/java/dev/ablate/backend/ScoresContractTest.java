package dev.ablate.backend;

import static dev.ablate.backend.NetworkNumbers.normal;
import static dev.ablate.backend.NetworkNumbers.unit;
import static dev.ablate.backend.ScoresOut.NONE;
import static dev.ablate.backend.ScoresOut.UNTOUCHED;
import static dev.ablate.backend.ScoresOut.near;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Scores.Given;
import dev.ablate.backend.Scores.LabelValue;
import dev.ablate.backend.Scores.Number;
import dev.ablate.backend.Scores.Pool;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values of labels and logarithms of probabilities against their definitions. */
class ScoresContractTest {
  /** What a double's sums and functions may be off, each. */
  private static final double ROUNDING = 1e-13;

  /** What a sum over a vocabulary may be off: the host's exponentials are right to 2e-12. */
  private static final double LONG_SUM = 1e-11;

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  /** Every number of 16 bits, as the logit of a row of its own. */
  @ParameterizedTest
  @MethodSource("backends")
  void everyNumberOf16BitsMeansWhatItsBitsSay(Backend backend) {
    int all = 1 << 16;
    for (Number number : List.of(Number.F16, Number.BF16)) {
      ByteBuffer bytes = ByteBuffer.wrap(new byte[2 * all]).order(ByteOrder.nativeOrder());
      double[] expected = new double[all];
      for (int bits = 0; bits < all; bits++) {
        bytes.putShort((short) bits);
        expected[bits] =
            number == Number.F16
                ? NetworkNumbers.half(bits)
                : (double) Float.intBitsToFloat(bits << 16);
      }
      Buffer targets = HostBuffer.of(new int[] {0});
      try (ScoresOut out = new ScoresOut(backend, all, NONE)) {
        Given given = new Given(HostBuffer.of(bytes.array()), number, 0, all, 1, 1);
        backend.scores().labels(given, LabelValue.LOGIT, true, targets, out.into(1, 0));
        assertArrayEquals(expected, out.found());
        int bad =
            IntStream.range(0, all)
                .filter(i -> !Double.isFinite(expected[i]))
                .findFirst()
                .getAsInt();
        assertEquals(bad, out.bad());
      }
    }
  }

  /** {@code log sum_k exp z_k} of some numbers; the sum of a stream is compensated. */
  private static double logSum(double[] z) {
    double top = Arrays.stream(z).max().orElseThrow();
    return top + Math.log(Arrays.stream(z).map(x -> Math.exp(x - top)).sum());
  }

  private static double label(double[] z, LabelValue value, boolean exclusive, int label) {
    double[] others =
        IntStream.range(0, z.length).filter(k -> k != label).mapToDouble(k -> z[k]).toArray();
    double odds = exclusive && others.length > 0 ? z[label] - logSum(others) : z[label];
    return switch (value) {
      case LOGIT -> z[label];
      case LOG_ODDS -> odds;
      case PROBABILITY -> 1 / (1 + Math.exp(-odds));
    };
  }

  @ParameterizedTest
  @MethodSource("backends")
  void labelsHaveTheirValues(Backend backend) {
    int rows = 70;
    int row = 3;
    int first = 5;
    for (Number number : Number.values()) {
      for (int labels : new int[] {1, 2, 7, 300}) {
        // Large ones, too: nothing may overflow.
        double scale = labels == 7 ? 900 : 3;
        NetworkNumbers given =
            NetworkNumbers.of(number, normal((row + rows) * labels, scale, labels));
        int[] targets = labels == 1 ? new int[] {0} : new int[] {labels - 1, 0, labels / 2};
        for (LabelValue value : LabelValue.values()) {
          for (boolean exclusive : new boolean[] {false, true}) {
            double[] expected = new double[(first + rows + 1) * targets.length];
            Arrays.fill(expected, UNTOUCHED);
            for (int i = 0; i < rows * targets.length; i++) {
              int from = (row + i / targets.length) * labels;
              double[] z = Arrays.copyOfRange(given.values(), from, from + labels);
              expected[first * targets.length + i] =
                  label(z, value, exclusive, targets[i % targets.length]);
            }
            try (ScoresOut out = new ScoresOut(backend, expected.length, NONE)) {
              backend
                  .scores()
                  .labels(
                      given.given(row, rows, 1, labels),
                      value,
                      exclusive,
                      HostBuffer.of(targets),
                      out.into(targets.length, first));
              near(expected, out.found(), ROUNDING, labels + " labels, " + number + ", " + value);
              assertEquals(NONE, out.bad());
            }
          }
        }
      }
    }
  }

  /** Whatever of a row's logits is no number, and whatever was noted before. */
  @ParameterizedTest
  @MethodSource("backends")
  void theFirstRowWithoutANumberIsNoted(Backend backend) {
    int rows = 600;
    Buffer targets = HostBuffer.of(new int[] {1});
    for (double none :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      for (Number number : Number.values()) {
        double[] logits = normal(3 * rows, 2, 4);
        logits[3 * 417 + 2] = none;
        logits[3 * 590 + 1] = none;
        logits[3 * 418] = none;
        NetworkNumbers given = NetworkNumbers.of(number, logits);
        int[][] beforeAndAfter = {{NONE, 1417}, {1418, 1417}, {1416, 1416}, {0, 0}};
        for (int[] bad : beforeAndAfter) {
          try (ScoresOut out = new ScoresOut(backend, 1000 + rows, bad[0])) {
            backend
                .scores()
                .labels(
                    given.given(0, rows, 1, 3),
                    LabelValue.PROBABILITY,
                    true,
                    targets,
                    out.into(1, 1000));
            assertEquals(bad[1], out.bad(), number + " with " + none);
            double[] z = Arrays.copyOfRange(given.values(), 3 * 599, 3 * 600);
            assertEquals(label(z, LabelValue.PROBABILITY, true, 1), out.found()[1599], ROUNDING);
          }
        }
      }
    }
  }

  /** Logits of a vocabulary: some far below, some that are no probability at all. */
  private static double[] logits(int rows, int vocabulary, double scale, long seed) {
    double[] logits = normal(rows * vocabulary, scale, seed);
    for (int i = 0; i < logits.length; i += 11) {
      logits[i] = i % vocabulary == 0 || i % 2 == 0 ? logits[i] : Double.NEGATIVE_INFINITY;
    }
    return logits;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void tokensHaveTheirLogProbabilities(Backend backend) {
    int[] vocabularies = {1, 2, 255, 256, 257, 1023, 1024, 1025, 50_257, 151_936};
    for (Number number : Number.values()) {
      for (int vocabulary : vocabularies) {
        int rows = vocabulary > 2000 ? 3 : 40;
        int row = 2;
        double scale = vocabulary % 2 == 0 ? 4 : 400;
        NetworkNumbers given =
            NetworkNumbers.of(number, logits(row + rows, vocabulary, scale, vocabulary));
        SplittableRandom random = new SplittableRandom(vocabulary);
        long[] targets = random.longs(rows + 4, 0, vocabulary).toArray();
        double[] expected = new double[6 + (rows / 3 + 1) * 5];
        Arrays.fill(expected, UNTOUCHED);
        for (int r = 0; r < rows; r++) {
          int from = (row + r) * vocabulary;
          double[] z = Arrays.copyOfRange(given.values(), from, from + vocabulary);
          expected[6 + r / 3 * 5 + r % 3] = z[(int) targets[4 + r]] - logSum(z);
        }
        try (ScoresOut out = new ScoresOut(backend, expected.length, NONE)) {
          backend
              .scores()
              .logProbabilities(
                  given.given(row, rows, 1, vocabulary),
                  HostBuffer.of(targets),
                  4,
                  out.values(),
                  6,
                  3,
                  5);
          near(expected, out.found(), LONG_SUM, "vocabulary of " + vocabulary + ", " + number);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void whatIsNoLogProbabilityIsNoNumber(Backend backend) {
    double[] logits = normal(6 * 500, 1, 9);
    logits[500 + 499] = Double.NaN;
    logits[1000 + 3] = Double.POSITIVE_INFINITY;
    Arrays.fill(logits, 1500, 2000, Double.NEGATIVE_INFINITY);
    long[] targets = {500, 0, 0, 0, -1, Long.MAX_VALUE};
    NetworkNumbers given = NetworkNumbers.of(Number.F32, logits);
    try (ScoresOut out = new ScoresOut(backend, 6, NONE)) {
      Given all = given.given(0, 6, 1, 500);
      backend.scores().logProbabilities(all, HostBuffer.of(targets), 0, out.values(), 0, 1, 1);
      for (double found : out.found()) {
        assertTrue(Double.isNaN(found), Arrays.toString(out.found()));
      }
    }
  }

  /** On one device a row has the same bits at every group size. */
  @ParameterizedTest
  @MethodSource("backends")
  void noResultDependsOnTheGroupSize(Backend backend) {
    int vocabulary = 3001;
    NetworkNumbers given = NetworkNumbers.of(Number.BF16, normal(5 * vocabulary, 5, 3));
    long[] targets = {1, 2, 3, 3000, 0};
    Map<String, List<double[]>> found = new HashMap<>();
    Stream<Backend> all = backend.name().equals("host") ? Stream.of(backend) : KernelBackends.all();
    all.forEach(
        each -> {
          try (ScoresOut out = new ScoresOut(each, 10, NONE);
              ScoresOut cosines = new ScoresOut(each, 1, NONE)) {
            Given rows = given.given(0, 5, 1, vocabulary);
            Given one = given.given(0, 1, 5, vocabulary);
            Buffer five = HostBuffer.of(new int[] {5});
            Buffer reference = HostBuffer.of(unit(normal(vocabulary, 1, 8)));
            each.scores().logProbabilities(rows, HostBuffer.of(targets), 0, out.values(), 0, 1, 1);
            each.scores().similarities(one, Pool.MEAN, five, 0, reference, cosines.into(1, 0));
            each.scores().perplexities(out.values(), 1, 6, five, 0, out.into(1, 9));
            double[] both = Arrays.copyOf(out.found(), 11);
            both[10] = cosines.found()[0];
            found.computeIfAbsent(each.name() + each.device(), d -> new ArrayList<>()).add(both);
          }
        });
    found.values().forEach(same -> same.forEach(one -> assertArrayEquals(same.get(0), one)));
    assertTrue(found.size() > 0);
  }
}
