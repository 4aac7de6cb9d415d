package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Scores;
import dev.ablate.backend.Scores.AnswerValue;
import dev.ablate.backend.Scores.Given;
import dev.ablate.backend.Scores.Into;
import dev.ablate.backend.Scores.LabelValue;
import dev.ablate.backend.Scores.Pool;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Values of what networks give: sums that are known, and definitions. */
final class ScoresChecks {
  private static final int ROWS = 70;
  private static final int VOCABULARY = 5000;

  /** 1 as an IEEE half. */
  private static final short ONE = 0x3c00;

  private ScoresChecks() {}

  static List<Check> all() {
    return List.of(
        new Check("scores.labels", "closed form", 1e-12, ScoresChecks::labels),
        // The exponentials of 5,000 numbers, each right to 2e-12.
        new Check("scores.logProbabilities", "closed form", 1e-11, ScoresChecks::logProbabilities),
        new Check("scores.logProbabilities", "closed form, halves", 1e-11, ScoresChecks::halves),
        new Check("scores.answers", "definition", 1e-12, ScoresChecks::answers),
        new Check("scores.perplexities", "closed form", 1e-12, ScoresChecks::perplexities),
        new Check("scores.similarities", "definition", 1e-12, ScoresChecks::similarities),
        new Check("scores.bad", "definition", 0, ScoresChecks::bad));
  }

  private static Buffer doubles(double[] numbers) {
    ByteBuffer bytes =
        ByteBuffer.wrap(new byte[Double.BYTES * numbers.length]).order(ByteOrder.nativeOrder());
    bytes.asDoubleBuffer().put(numbers);
    return HostBuffer.of(bytes.array());
  }

  private static Given given(double[] numbers, int rows, int positions) {
    int count = numbers.length / (rows * positions);
    return new Given(doubles(numbers), Scores.Number.F64, 0, rows, positions, count);
  }

  /** The values that work makes; none where it notes a row. */
  private static double[] values(Backend backend, int rows, int outputs, Consumer<Into> work) {
    try (Buffer values = backend.zeros(Buffer.Element.F64, (long) rows * outputs);
        Buffer bad = backend.upload(HostBuffer.of(new int[] {rows}))) {
      work.accept(new Into(values, outputs, 0, bad));
      return bad.toHost().ints()[0] == rows ? values.toHost().doubles() : new double[0];
    }
  }

  /** Logits {@code log k} for k = 1 ... 9 leave odds of {@code k / (45 - k)}. */
  private static double labels(Backend backend) {
    double[] logits = new double[9 * ROWS];
    double[] expected = new double[2 * ROWS];
    for (int r = 0; r < ROWS; r++) {
      for (int k = 1; k <= 9; k++) {
        logits[9 * r + k - 1] = Math.log(k) + r;
      }
      expected[2 * r] = 9.0 / 45;
      expected[2 * r + 1] = 2.0 / 45;
    }
    Buffer targets = HostBuffer.of(new int[] {8, 1});
    Given given = given(logits, ROWS, 1);
    double[] found =
        values(
            backend,
            ROWS,
            2,
            into -> backend.scores().labels(given, LabelValue.PROBABILITY, true, targets, into));
    return Inputs.distance(expected, found);
  }

  /** Logits {@code log k} leave the token k the probability {@code k / (1 + ... + n)}. */
  private static double logProbabilities(Backend backend) {
    double[] logits = new double[ROWS * VOCABULARY];
    Arrays.setAll(logits, i -> Math.log(i % VOCABULARY + 1) - i / VOCABULARY);
    long[] targets = IntStream.range(0, ROWS).mapToLong(r -> 71L * r).toArray();
    double sum = 0.5 * VOCABULARY * (VOCABULARY + 1);
    double[] expected = Arrays.stream(targets).mapToDouble(t -> Math.log((t + 1) / sum)).toArray();
    return Inputs.distance(expected, logs(backend, given(logits, ROWS, 1), targets));
  }

  private static double[] logs(Backend backend, Given given, long[] targets) {
    try (Buffer logs = backend.zeros(Buffer.Element.F64, given.rows())) {
      backend.scores().logProbabilities(given, HostBuffer.of(targets), 0, logs, 0);
      return logs.toHost().doubles();
    }
  }

  /** A row of zeros, and one of zeros and ones in turn. */
  private static double halves(Backend backend) {
    ByteBuffer bytes = ByteBuffer.wrap(new byte[2 * 2 * VOCABULARY]).order(ByteOrder.nativeOrder());
    for (int i = 0; i < 2 * VOCABULARY; i++) {
      bytes.putShort(i >= VOCABULARY && i % 2 == 1 ? ONE : 0);
    }
    Given given = new Given(HostBuffer.of(bytes.array()), Scores.Number.F16, 0, 2, 1, VOCABULARY);
    double[] expected = {-Math.log(VOCABULARY), 1 - Math.log(VOCABULARY / 2.0 * (1 + Math.E))};
    return Inputs.distance(expected, logs(backend, given, new long[] {1, 1}));
  }

  private static double answers(Backend backend) {
    int[] starts = {0, 1, 4};
    double[] logs = Inputs.normal(4 * ROWS, 92);
    double[] expected = new double[ROWS];
    for (int r = 0; r < ROWS; r++) {
      expected[r] = logs[4 * r] - logs[4 * r + 1] - logs[4 * r + 2] - logs[4 * r + 3];
    }
    Buffer all = HostBuffer.of(logs);
    double[] found =
        values(
            backend,
            ROWS,
            1,
            into -> backend.scores().answers(all, ROWS, starts, AnswerValue.LOG_ODDS, into));
    return Inputs.distance(expected, found);
  }

  /** A text all of whose tokens have the probability 1 / 3; one has no token to count. */
  private static double perplexities(Backend backend) {
    int width = 300;
    double[] logs = new double[ROWS * (width - 1)];
    Arrays.fill(logs, -Math.log(3));
    Buffer all = HostBuffer.of(logs);
    Buffer lengths = HostBuffer.of(IntStream.rangeClosed(1, ROWS).toArray());
    double[] found =
        values(
            backend,
            ROWS,
            1,
            into -> backend.scores().perplexities(all, ROWS, width, lengths, 0, into));
    double[] expected = IntStream.range(0, ROWS).mapToDouble(r -> r == 0 ? 1 : 3).toArray();
    return Inputs.distance(expected, found);
  }

  private static double similarities(Backend backend) {
    int positions = 4;
    int size = 300;
    double[] numbers = Inputs.normal(ROWS * positions * size, 93);
    double[] reference = new double[size];
    reference[7] = 1;
    double[] expected = new double[ROWS];
    for (int r = 0; r < ROWS; r++) {
      double squares = 0;
      double[] mean = new double[size];
      for (int d = 0; d < size; d++) {
        for (int t = 0; t < 3; t++) {
          mean[d] += numbers[(r * positions + t) * size + d] / 3;
        }
        squares += mean[d] * mean[d];
      }
      expected[r] = mean[7] / Math.sqrt(squares);
    }
    int[] three = new int[ROWS];
    Arrays.fill(three, 3);
    Given given = given(numbers, ROWS, positions);
    Buffer lengths = HostBuffer.of(three);
    Buffer references = HostBuffer.of(reference);
    double[] found =
        values(
            backend,
            ROWS,
            1,
            into -> backend.scores().similarities(given, Pool.MEAN, lengths, 0, references, into));
    return Inputs.distance(expected, found);
  }

  /** The first of two rows without a finite number. */
  private static double bad(Backend backend) {
    double[] logits = Inputs.normal(2 * ROWS, 94);
    logits[2 * 41] = Double.NaN;
    logits[2 * 60 + 1] = Double.POSITIVE_INFINITY;
    try (Buffer values = backend.zeros(Buffer.Element.F64, ROWS);
        Buffer bad = backend.upload(HostBuffer.of(new int[] {Integer.MAX_VALUE}))) {
      Buffer targets = HostBuffer.of(new int[] {1});
      backend
          .scores()
          .labels(
              given(logits, ROWS, 1), LabelValue.LOGIT, true, targets, new Into(values, 1, 0, bad));
      return Math.abs(41 - bad.toHost().ints()[0]);
    }
  }
}
