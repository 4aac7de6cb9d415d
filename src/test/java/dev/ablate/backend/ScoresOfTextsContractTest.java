package dev.ablate.backend;

import static dev.ablate.backend.NetworkNumbers.normal;
import static dev.ablate.backend.NetworkNumbers.unit;
import static dev.ablate.backend.ScoresOut.NONE;
import static dev.ablate.backend.ScoresOut.UNTOUCHED;
import static dev.ablate.backend.ScoresOut.near;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.backend.Scores.AnswerValue;
import dev.ablate.backend.Scores.Given;
import dev.ablate.backend.Scores.Number;
import dev.ablate.backend.Scores.Pool;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values of answers and of whole texts against their definitions. */
class ScoresOfTextsContractTest {
  /** What a double's sums and functions may be off, each. */
  private static final double ROUNDING = 1e-13;

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
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
        try (ScoresOut out = new ScoresOut(backend, expected.length, NONE)) {
          backend
              .scores()
              .answers(HostBuffer.of(logs), 0, rows, starts, value, out.into(outputs, first));
          near(expected, out.found(), ROUNDING, value.toString());
          assertEquals(NONE, out.bad());
        }
        int skipped = 70;
        try (ScoresOut out = new ScoresOut(backend, rows * outputs, NONE)) {
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
        try (ScoresOut out = new ScoresOut(backend, expected.length, NONE)) {
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
      try (ScoresOut out = new ScoresOut(backend, expected.length, NONE)) {
        backend.scores().perplexities(HostBuffer.of(logs), rows, width, all, 7, out.into(1, 4));
        near(expected, out.found(), ROUNDING, "width " + width);
        assertEquals(NONE, out.bad());
      }
      int longest =
          IntStream.range(0, rows).filter(r -> lengths[7 + r] == width).findFirst().orElse(-1);
      if (width > 1 && longest >= 0) {
        logs[(longest + 1) * (width - 1) - 1] = Double.NEGATIVE_INFINITY;
        try (ScoresOut out = new ScoresOut(backend, expected.length, NONE)) {
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
        NetworkNumbers given = NetworkNumbers.of(number, numbers);
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
          try (ScoresOut out = new ScoresOut(backend, expected.length, NONE)) {
            backend
                .scores()
                .similarities(
                    given.given(row, rows, positions, size),
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
        try (ScoresOut out = new ScoresOut(backend, 5, NONE)) {
          Given given = NetworkNumbers.of(Number.F16, numbers).given(0, 5, positions, size);
          backend.scores().similarities(given, pool, lengths, 0, reference, out.into(1, 0));
          assertEquals(4, out.bad(), "the text without tokens");
        }
        numbers[(2 * positions + tokens.get(pool)) * size + 33] = none;
        try (ScoresOut out = new ScoresOut(backend, 5, NONE)) {
          Given given = NetworkNumbers.of(Number.F16, numbers).given(0, 5, positions, size);
          backend.scores().similarities(given, pool, lengths, 0, reference, out.into(1, 0));
          assertEquals(2, out.bad(), pool + " with " + none);
        }
      }
    }
  }
}
