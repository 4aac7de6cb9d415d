package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.backend.Backend;
import dev.ablate.backend.BackendsUnderTest;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Scores;
import dev.ablate.backend.Scores.AnswerValue;
import dev.ablate.backend.Scores.Given;
import dev.ablate.backend.Scores.Into;
import dev.ablate.backend.Scores.LabelValue;
import dev.ablate.backend.Scores.Pool;
import dev.ablate.backend.Tokens;
import dev.ablate.model.Pooling;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows and values that backends make are those that the lens makes on the host. */
class BackendValuesTest {
  private static final int ROWS = 50;

  static Stream<Backend> backends() {
    return BackendsUnderTest.all();
  }

  private static float[] numbers(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) (3 * random.nextGaussian());
    }
    return numbers;
  }

  private static Given given(float[] numbers, int positions, int count) {
    ByteBuffer bytes =
        ByteBuffer.wrap(new byte[Float.BYTES * numbers.length]).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(numbers);
    Buffer memory = HostBuffer.of(bytes.array());
    return new Given(memory, Scores.Number.F32, 0, ROWS, positions, count);
  }

  private static double[] values(Backend backend, int outputs, Consumer<Into> work) {
    try (Buffer values = backend.zeros(Buffer.Element.F64, (long) ROWS * outputs);
        Buffer bad = backend.upload(HostBuffer.of(new int[] {Integer.MAX_VALUE}))) {
      work.accept(new Into(values, outputs, 0, bad));
      assertEquals(Integer.MAX_VALUE, bad.toHost().ints()[0]);
      return values.toHost().doubles();
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void labels(Backend backend) {
    Map<LabelValue, ValueFunction> kinds =
        Map.of(
            LabelValue.LOGIT, ValueFunction.LOGIT,
            LabelValue.LOG_ODDS, ValueFunction.LOG_ODDS,
            LabelValue.PROBABILITY, ValueFunction.PROBABILITY);
    for (int labels : new int[] {1, 2, 9}) {
      float[] logits = numbers(ROWS * labels, labels);
      int label = labels / 2;
      Buffer targets = HostBuffer.of(new int[] {label});
      kinds.forEach(
          (value, kind) -> {
            double[] expected = new double[ROWS];
            Arrays.setAll(expected, r -> kind.of(logits, r * labels, labels, label));
            Given given = given(logits, 1, labels);
            double[] found =
                values(
                    backend, 1, into -> backend.scores().labels(given, value, true, targets, into));
            assertArrayEquals(expected, found, 1e-12);
            // A label that excludes no other has a model of its own.
            Arrays.setAll(expected, r -> kind.of(logits, r * labels + label, 1, 0));
            found =
                values(
                    backend,
                    1,
                    into -> backend.scores().labels(given, value, false, targets, into));
            assertArrayEquals(expected, found, 1e-12);
          });
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void answers(Backend backend) {
    int[] starts = {0, 2, 3, 7};
    double[] logs = new SplittableRandom(5).doubles(7 * ROWS, -4, 0).toArray();
    for (Asked asked : Asked.values()) {
      AnswerValue value = AnswerValue.valueOf(asked.name());
      int outputs = asked.isOfTokens() ? 7 : asked == Asked.LOG_ODDS ? 2 : 3;
      double[] expected = new double[outputs * ROWS];
      for (int i = 0; i < expected.length; i++) {
        int from = i / outputs * 7;
        int o = i % outputs;
        double against = Arrays.stream(logs, from + 3, from + 7).sum();
        expected[i] =
            asked.isOfTokens()
                ? asked.ofToken(logs[from + o])
                : asked.ofAnswer(
                    Arrays.stream(logs, from + starts[o], from + starts[o + 1]).sum(),
                    starts[o + 1] - starts[o],
                    against);
      }
      Buffer all = HostBuffer.of(logs);
      double[] found =
          values(
              backend,
              outputs,
              into -> backend.scores().answers(all, 0, ROWS, starts, value, into));
      assertArrayEquals(expected, found, 1e-12, asked.toString());
    }
  }

  /** The lens's vectors are singles, and so are its references. */
  @ParameterizedTest
  @MethodSource("backends")
  void vectors(Backend backend) {
    int size = 100;
    int positions = 6;
    float[] numbers = numbers(ROWS * positions * size, 7);
    int[] lengths = IntStream.range(0, ROWS).map(r -> 1 + r % positions).toArray();
    double[] reference = new double[size];
    Arrays.setAll(reference, d -> (d + 1) / Math.sqrt(size * (size + 1.0) * (2 * size + 1) / 6));
    for (Pooling pooling : Pooling.values()) {
      double[] expected = new double[ROWS];
      for (int r = 0; r < ROWS; r++) {
        float[] vector = new float[size];
        pooling.pool(numbers, r * positions * size, lengths[r], size, vector, 0);
        double squares = 0;
        for (int d = 0; d < size; d++) {
          squares += (double) vector[d] * vector[d];
          expected[r] += vector[d] * reference[d];
        }
        expected[r] /= Math.sqrt(squares);
      }
      Given given = given(numbers, positions, size);
      Pool pool = Pool.valueOf(pooling.name());
      Buffer all = HostBuffer.of(lengths);
      Buffer other = HostBuffer.of(reference);
      double[] found =
          values(
              backend, 1, into -> backend.scores().similarities(given, pool, all, 0, other, into));
      assertArrayEquals(expected, found, 1e-6, pooling.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void rows(Backend backend) {
    SplittableRandom random = new SplittableRandom(9);
    int features = 70;
    int count = 600;
    int[] ids = random.ints(90, 0, 6).toArray();
    int[] owners = IntStream.range(0, 90).map(t -> t % 8 == 0 ? -1 : t % features).toArray();
    int[][] substitutes = new int[90][];
    Arrays.setAll(substitutes, t -> random.ints(t % 5 == 0 ? 2 : 0, 0, 6).toArray());
    AblatedTokens tokens = new AblatedTokens(ids, owners, substitutes);
    long[] words = new long[2 * count];
    for (int m = 0; m < count; m++) {
      words[2 * m] = m % 3 == 0 ? m % 16 : random.nextLong();
      words[2 * m + 1] = m % 3 == 0 ? 0 : random.nextLong() & 63;
    }
    DistinctRows expected = DistinctRows.of(tokens, words, 2, count);
    int[] starts = new int[91];
    for (int t = 0; t < 90; t++) {
      starts[t + 1] = starts[t] + substitutes[t].length;
    }
    Tokens.Text text =
        new Tokens.Text(
            HostBuffer.of(ids),
            HostBuffer.of(owners),
            HostBuffer.of(starts),
            HostBuffer.of(Arrays.stream(substitutes).flatMapToInt(IntStream::of).toArray()),
            features,
            tokens.longest(features),
            -1);
    try (Tokens.Distinct found = backend.tokens().distinct(text, HostBuffer.of(words), count)) {
      assertEquals(expected.count(), found.count());
      int[] firsts = found.firsts().toHost().ints();
      int[] rowOf = found.rowOf().toHost().ints();
      int[] lengths = found.lengths().toHost().ints();
      for (int m = 0; m < count; m++) {
        assertEquals(expected.firsts()[expected.same()[m]], firsts[rowOf[m]]);
        assertEquals(expected.lengths()[expected.same()[m]], lengths[rowOf[m]]);
      }
    }
  }
}
