package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Scores.AnswerValue;
import dev.ablate.backend.Scores.Given;
import dev.ablate.backend.Scores.Into;
import dev.ablate.backend.Scores.LabelValue;
import dev.ablate.backend.Scores.Number;
import dev.ablate.backend.Scores.Pool;
import java.math.BigDecimal;
import java.math.MathContext;
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

/** Values of what networks give against their definitions. */
class ScoresContractTest {
  /** What a double's sums and functions may be off, each. */
  private static final double ROUNDING = 1e-13;

  /** What a sum over a vocabulary may be off: the host's exponentials are right to 2e-12. */
  private static final double LONG_SUM = 1e-11;

  /** What stands where nothing may be written. */
  private static final double UNTOUCHED = -77;

  /** No row is bad. */
  private static final int NONE = Integer.MAX_VALUE;

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  /** Numbers of a network: the bytes, and what they mean. */
  private record Numbers(Number number, byte[] bytes, double[] values) {
    private Buffer memory() {
      return HostBuffer.of(bytes);
    }
  }

  /** The nearest smaller number of a kind, or one that its bits say. */
  private static Numbers numbers(Number number, double[] wanted) {
    ByteBuffer bytes =
        ByteBuffer.wrap(new byte[wanted.length * number.bytes()]).order(ByteOrder.nativeOrder());
    double[] values = new double[wanted.length];
    for (int i = 0; i < wanted.length; i++) {
      switch (number) {
        case F64 -> values[i] = put(bytes, wanted[i]);
        case F32 -> {
          values[i] = (float) wanted[i];
          bytes.putFloat((float) wanted[i]);
        }
        case BF16 -> {
          int bits = Float.floatToIntBits((float) wanted[i]) & 0xffff0000;
          values[i] = Float.intBitsToFloat(bits);
          bytes.putShort((short) (bits >>> 16));
        }
        case F16 -> {
          int bits = half(wanted[i]);
          values[i] = half(bits);
          bytes.putShort((short) bits);
        }
      }
    }
    return new Numbers(number, bytes.array(), values);
  }

  private static double put(ByteBuffer bytes, double value) {
    bytes.putDouble(value);
    return value;
  }

  /** The half of a number, cut off. */
  private static int half(double wanted) {
    int sign = Double.doubleToRawLongBits(wanted) < 0 ? 0x8000 : 0;
    double magnitude = Math.abs(wanted);
    if (Double.isNaN(wanted)) {
      return 0x7e01;
    }
    if (magnitude >= 65536) {
      return sign | 0x7c00;
    }
    int exponent = Math.max(-14, Math.getExponent(magnitude));
    int fraction = (int) (magnitude * Math.pow(2, 10 - exponent));
    return sign | (fraction < 1024 ? fraction : (exponent + 15) << 10 | fraction - 1024);
  }

  /** What the bits of a half mean: one sign, five of the exponent, ten of the fraction. */
  private static double half(int bits) {
    int exponent = bits >> 10 & 31;
    double fraction = (bits & 1023) / 1024.0;
    double magnitude =
        exponent == 0 ? fraction * Math.pow(2, -14) : (1 + fraction) * Math.pow(2, exponent - 15);
    if (exponent == 31) {
      magnitude = (bits & 1023) == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    }
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  private static double[] normal(int count, double scale, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, count).mapToDouble(i -> scale * random.nextGaussian()).toArray();
  }

  /** Memory for values on a backend. */
  private static final class Out implements AutoCloseable {
    private final Buffer values;
    private final Buffer bad;

    Out(Backend backend, int numbers, int bad) {
      double[] all = new double[numbers];
      Arrays.fill(all, UNTOUCHED);
      this.values = backend.upload(HostBuffer.of(all));
      this.bad = backend.upload(HostBuffer.of(new int[] {bad}));
    }

    Into into(int outputs, int first) {
      return new Into(values, outputs, first, bad);
    }

    double[] found() {
      return values.toHost().doubles();
    }

    int bad() {
      return bad.toHost().ints()[0];
    }

    @Override
    public void close() {
      values.close();
      bad.close();
    }
  }

  private static void near(double[] expected, double[] found, double tolerance, String what) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] == Double.NEGATIVE_INFINITY) {
        assertEquals(expected[i], found[i], what + ", number " + i);
        continue;
      }
      double allowed = tolerance * Math.max(1, Math.abs(expected[i]));
      assertEquals(expected[i], found[i], allowed, what + ", number " + i);
    }
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
            number == Number.F16 ? half(bits) : (double) Float.intBitsToFloat(bits << 16);
      }
      Buffer targets = HostBuffer.of(new int[] {0});
      try (Out out = new Out(backend, all, NONE)) {
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

  /** {@code log sum_k exp z_k} of some numbers, in 40 digits but for the exponentials. */
  private static double logSum(double[] z) {
    double top = Arrays.stream(z).max().orElseThrow();
    BigDecimal sum = BigDecimal.ZERO;
    for (double x : z) {
      sum = sum.add(new BigDecimal(Math.exp(x - top)), new MathContext(40));
    }
    return top + Math.log(sum.doubleValue());
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
        Numbers given = numbers(number, normal((row + rows) * labels, scale, labels));
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
            try (Out out = new Out(backend, expected.length, NONE)) {
              backend
                  .scores()
                  .labels(
                      new Given(given.memory(), number, row, rows, 1, labels),
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
        Numbers given = numbers(number, logits);
        int[][] beforeAndAfter = {{NONE, 1417}, {1418, 1417}, {1416, 1416}, {0, 0}};
        for (int[] bad : beforeAndAfter) {
          try (Out out = new Out(backend, 1000 + rows, bad[0])) {
            backend
                .scores()
                .labels(
                    new Given(given.memory(), number, 0, rows, 1, 3),
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
        Numbers given = numbers(number, logits(row + rows, vocabulary, scale, vocabulary));
        SplittableRandom random = new SplittableRandom(vocabulary);
        long[] targets = random.longs(rows + 4, 0, vocabulary).toArray();
        double[] expected = new double[6 + (rows / 3 + 1) * 5];
        Arrays.fill(expected, UNTOUCHED);
        for (int r = 0; r < rows; r++) {
          int from = (row + r) * vocabulary;
          double[] z = Arrays.copyOfRange(given.values(), from, from + vocabulary);
          expected[6 + r / 3 * 5 + r % 3] = z[(int) targets[4 + r]] - logSum(z);
        }
        try (Out out = new Out(backend, expected.length, NONE)) {
          backend
              .scores()
              .logProbabilities(
                  new Given(given.memory(), number, row, rows, 1, vocabulary),
                  HostBuffer.of(targets),
                  4,
                  out.values,
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
    Numbers given = numbers(Number.F32, logits);
    try (Out out = new Out(backend, 6, NONE)) {
      Given all = new Given(given.memory(), Number.F32, 0, 6, 1, 500);
      backend.scores().logProbabilities(all, HostBuffer.of(targets), 0, out.values, 0, 1, 1);
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
    Numbers given = numbers(Number.BF16, normal(5 * vocabulary, 5, 3));
    long[] targets = {1, 2, 3, 3000, 0};
    Map<String, List<double[]>> found = new HashMap<>();
    Stream<Backend> all = backend.name().equals("host") ? Stream.of(backend) : KernelBackends.all();
    all.forEach(
        each -> {
          try (Out out = new Out(each, 10, NONE);
              Out cosines = new Out(each, 1, NONE)) {
            Given rows = new Given(given.memory(), Number.BF16, 0, 5, 1, vocabulary);
            Given one = new Given(given.memory(), Number.BF16, 0, 1, 5, vocabulary);
            Buffer five = HostBuffer.of(new int[] {5});
            Buffer reference = HostBuffer.of(unit(normal(vocabulary, 1, 8)));
            each.scores().logProbabilities(rows, HostBuffer.of(targets), 0, out.values, 0, 1, 1);
            each.scores().similarities(one, Pool.MEAN, five, 0, reference, cosines.into(1, 0));
            each.scores().perplexities(out.values, 1, 6, five, 0, out.into(1, 9));
            double[] both = Arrays.copyOf(out.found(), 11);
            both[10] = cosines.found()[0];
            found.computeIfAbsent(each.name() + each.device(), d -> new ArrayList<>()).add(both);
          }
        });
    found.values().forEach(same -> same.forEach(one -> assertArrayEquals(same.get(0), one)));
    assertTrue(found.size() > 0);
  }

  private static double[] unit(double[] vector) {
    double norm = Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
    return Arrays.stream(vector).map(x -> norm == 0 ? 0 : x / norm).toArray();
  }

  private static double sum(double[] logs, int from, int end) {
    return Arrays.stream(logs, from, end).sum();
  }

  /** The values of a row, one after another. */
  private static double[] answers(double[] logs, int[] starts, AnswerValue value) {
    int answers = starts.length - 1;
    int tokens = starts[answers];
    double[] sums =
        IntStream.range(0, answers).mapToDouble(a -> sum(logs, starts[a], starts[a + 1])).toArray();
    IntStream each = IntStream.range(0, answers);
    return switch (value) {
      case SUM -> sums;
      case MEAN -> each.mapToDouble(a -> sums[a] / (starts[a + 1] - starts[a])).toArray();
      case PROBABILITY -> Arrays.stream(sums).map(Math::exp).toArray();
      case LOG_ODDS ->
          each.limit(answers - 1).mapToDouble(a -> sums[a] - sums[answers - 1]).toArray();
      case TOKENS -> Arrays.copyOf(logs, tokens);
      case TOKEN_PROBABILITIES -> Arrays.stream(logs, 0, tokens).map(Math::exp).toArray();
    };
  }

  @ParameterizedTest
  @MethodSource("backends")
  void answersAreMadeOfTheirTokens(Backend backend) {
    int rows = 300;
    int first = 2;
    for (int[] starts : new int[][] {{0, 1}, {0, 3, 4}, {0, 1, 2, 9}}) {
      int tokens = starts[starts.length - 1];
      double[] logs = normal(rows * tokens, 2, tokens);
      Arrays.setAll(logs, i -> -Math.abs(logs[i]));
      for (AnswerValue value : AnswerValue.values()) {
        if (starts.length == 2 && value == AnswerValue.LOG_ODDS) {
          continue;
        }
        double[][] each = new double[rows][];
        Arrays.setAll(
            each,
            r -> answers(Arrays.copyOfRange(logs, r * tokens, (r + 1) * tokens), starts, value));
        int outputs = each[0].length;
        double[] expected = new double[(first + rows) * outputs];
        Arrays.fill(expected, UNTOUCHED);
        for (int r = 0; r < rows; r++) {
          System.arraycopy(each[r], 0, expected, (first + r) * outputs, outputs);
        }
        try (Out out = new Out(backend, expected.length, NONE)) {
          backend
              .scores()
              .answers(HostBuffer.of(logs), 0, rows, starts, value, out.into(outputs, first));
          near(expected, out.found(), ROUNDING, value.toString());
          assertEquals(NONE, out.bad());
        }
        int skipped = 70;
        try (Out out = new Out(backend, rows * outputs, NONE)) {
          backend
              .scores()
              .answers(
                  HostBuffer.of(logs),
                  skipped,
                  rows - skipped,
                  starts,
                  value,
                  out.into(outputs, 0));
          double[] rest = new double[rows * outputs];
          Arrays.fill(rest, UNTOUCHED);
          int length = (rows - skipped) * outputs;
          System.arraycopy(expected, (first + skipped) * outputs, rest, 0, length);
          near(rest, out.found(), ROUNDING, value + " of some rows");
        }
        // A probability of 0 is made of a number that is not finite.
        double[] broken = logs.clone();
        broken[200 * tokens + tokens - 1] = Double.NEGATIVE_INFINITY;
        broken[250 * tokens] = Double.NaN;
        try (Out out = new Out(backend, expected.length, NONE)) {
          backend
              .scores()
              .answers(HostBuffer.of(broken), 0, rows, starts, value, out.into(outputs, first));
          assertEquals(first + 200, out.bad(), value.toString());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void textsHaveTheirPerplexity(Backend backend) {
    int rows = 50;
    for (int width : new int[] {1, 2, 30, 900}) {
      double[] logs = normal(rows * (width - 1), 3, width);
      Arrays.setAll(logs, i -> -Math.abs(logs[i]));
      SplittableRandom random = new SplittableRandom(width);
      int[] lengths = random.ints(rows + 7, 1, width + 1).toArray();
      double[] expected = new double[rows + 4];
      Arrays.fill(expected, UNTOUCHED);
      for (int r = 0; r < rows; r++) {
        int counted = lengths[7 + r] - 1;
        int from = r * (width - 1);
        // What stands behind a text may be anything.
        Arrays.fill(logs, from + counted, from + width - 1, r % 2 == 0 ? Double.NaN : 4);
        expected[4 + r] = counted == 0 ? 1 : Math.exp(-sum(logs, from, from + counted) / counted);
      }
      Buffer all = HostBuffer.of(lengths);
      try (Out out = new Out(backend, expected.length, NONE)) {
        backend.scores().perplexities(HostBuffer.of(logs), rows, width, all, 7, out.into(1, 4));
        near(expected, out.found(), ROUNDING, "width " + width);
        assertEquals(NONE, out.bad());
      }
      int longest =
          IntStream.range(0, rows).filter(r -> lengths[7 + r] == width).findFirst().orElse(-1);
      if (width > 1 && longest >= 0) {
        logs[(longest + 1) * (width - 1) - 1] = Double.NEGATIVE_INFINITY;
        try (Out out = new Out(backend, expected.length, NONE)) {
          backend.scores().perplexities(HostBuffer.of(logs), rows, width, all, 7, out.into(1, 4));
          assertEquals(4 + longest, out.bad());
        }
      }
    }
  }

  /** The vector of a text by the definition, of the vectors of its first tokens. */
  private static double[] pooled(double[][] tokens, Pool pool) {
    int size = tokens[0].length;
    return IntStream.range(0, size)
        .mapToDouble(
            d ->
                switch (pool) {
                  case FIRST -> tokens[0][d];
                  case LAST -> tokens[tokens.length - 1][d];
                  case MEAN -> Arrays.stream(tokens).mapToDouble(t -> t[d]).sum() / tokens.length;
                  case MAX -> Arrays.stream(tokens).mapToDouble(t -> t[d]).max().orElseThrow();
                })
        .toArray();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void textsHaveTheCosinesOfTheirVectors(Backend backend) {
    int rows = 20;
    int row = 1;
    int first = 3;
    int outputs = 2;
    for (Number number : Number.values()) {
      for (int[] shape : new int[][] {{1, 3}, {5, 1}, {12, 384}, {3, 1025}}) {
        int positions = shape[0];
        int size = shape[1];
        double[] numbers = normal((row + rows) * positions * size, 2, size);
        SplittableRandom random = new SplittableRandom(size);
        // A vector of texts stands for more tokens than it has positions.
        int[] lengths = random.ints(rows + 2, 1, (positions == 1 ? 9 : positions) + 1).toArray();
        for (int r = 0; r < rows; r++) {
          int behind = Math.min(lengths[2 + r], positions) * size;
          int from = (row + r) * positions * size;
          Arrays.fill(numbers, from + behind, from + positions * size, Double.NaN);
        }
        int zeros = (row + 6) * positions * size;
        Arrays.fill(numbers, zeros, zeros + Math.min(lengths[2 + 6], positions) * size, 0);
        Numbers given = numbers(number, numbers);
        double[][] references = {unit(normal(size, 1, 5)), unit(normal(size, 1, 6))};
        for (Pool pool : Pool.values()) {
          double[] expected = new double[(first + rows) * outputs];
          Arrays.fill(expected, UNTOUCHED);
          for (int r = 0; r < rows; r++) {
            double[][] tokens = new double[Math.min(lengths[2 + r], positions)][];
            int from = (row + r) * positions * size;
            Arrays.setAll(
                tokens,
                t -> Arrays.copyOfRange(given.values(), from + t * size, from + (t + 1) * size));
            double[] vector = unit(pooled(tokens, pool));
            for (int o = 0; o < outputs; o++) {
              int output = o;
              expected[(first + r) * outputs + o] =
                  IntStream.range(0, size)
                      .mapToDouble(d -> vector[d] * references[output][d])
                      .sum();
            }
          }
          try (Out out = new Out(backend, expected.length, NONE)) {
            backend
                .scores()
                .similarities(
                    new Given(given.memory(), number, row, rows, positions, size),
                    pool,
                    HostBuffer.of(lengths),
                    2,
                    HostBuffer.of(Stream.of(references).flatMapToDouble(Arrays::stream).toArray()),
                    out.into(outputs, first));
            near(expected, out.found(), ROUNDING, pool + " of " + number + ", size " + size);
            assertEquals(NONE, out.bad());
          }
        }
      }
    }
  }

  /** A number that counts and is not finite, though others hide it, and a text without tokens. */
  @ParameterizedTest
  @MethodSource("backends")
  void aVectorThatIsNotFiniteIsNoted(Backend backend) {
    int size = 40;
    int positions = 3;
    Buffer lengths = HostBuffer.of(new int[] {3, 3, 3, 3, 0});
    Buffer reference = HostBuffer.of(unit(normal(size, 1, 5)));
    Map<Pool, Integer> tokens = Map.of(Pool.MEAN, 1, Pool.FIRST, 0, Pool.LAST, 2, Pool.MAX, 1);
    for (double none :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      for (Pool pool : Pool.values()) {
        double[] numbers = normal(5 * positions * size, 2, 3);
        try (Out out = new Out(backend, 5, NONE)) {
          Given given =
              new Given(numbers(Number.F16, numbers).memory(), Number.F16, 0, 5, positions, size);
          backend.scores().similarities(given, pool, lengths, 0, reference, out.into(1, 0));
          assertEquals(4, out.bad(), "the text without tokens");
        }
        numbers[(2 * positions + tokens.get(pool)) * size + 33] = none;
        try (Out out = new Out(backend, 5, NONE)) {
          Given given =
              new Given(numbers(Number.F16, numbers).memory(), Number.F16, 0, 5, positions, size);
          backend.scores().similarities(given, pool, lengths, 0, reference, out.into(1, 0));
          assertEquals(2, out.bad(), pool + " with " + none);
        }
      }
    }
  }
}
