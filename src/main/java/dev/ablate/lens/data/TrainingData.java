package dev.ablate.lens.data;

import dev.ablate.code.Sha256;
import dev.ablate.game.Input;
import dev.ablate.train.Groups;
import dev.ablate.train.LabelledRows;
import dev.ablate.train.TrainingTask;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A training set in groups, and the rows that trained models are asked about.
 *
 * @param groups which training rows are kept or left out together
 * @param rowNames of the training rows; empty where they have their numbers alone
 * @param task the rows, as learners see them; null where a command has its own
 * @param testNames of the test rows; empty where they have their numbers alone
 */
public record TrainingData(
    Groups groups, List<String> rowNames, TrainingTask task, List<String> testNames) {
  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there are names, and not one a row
   */
  public TrainingData {
    rowNames = List.copyOf(rowNames);
    testNames = List.copyOf(testNames);
    requireEach(rowNames, groups.rows());
    requireEach(testNames, task == null ? 0 : task.test().rows());
  }

  /** Rows without names. */
  public static TrainingData of(TrainingTask task) {
    return new TrainingData(task.groups(), List.of(), task, List.of());
  }

  private static void requireEach(List<String> names, int rows) {
    if (!names.isEmpty() && names.size() != rows) {
      throw new IllegalArgumentException(names.size() + " names for " + rows + " rows");
    }
  }

  /** What the features are: the rows of each group. */
  Input.Examples input() {
    List<List<Integer>> rows = new ArrayList<>();
    IntStream.range(0, groups.count()).forEach(g -> rows.add(new ArrayList<>()));
    IntStream.range(0, groups.rows()).forEach(r -> rows.get(groups.groupOf()[r]).add(r));
    return new Input.Examples(rowNames, rows);
  }

  /** Hashes of the rows, by name; none where a command has its own. */
  Map<String, String> hashes() {
    Map<String, String> hashes = new LinkedHashMap<>();
    if (task != null) {
      hashes.put("training_sha256", sha256(task.train()));
      hashes.put("test_sha256", sha256(task.test()));
    }
    return hashes;
  }

  /** What a test row is called. */
  String testName(int row) {
    String name = testNames.isEmpty() ? "test row " + row : testNames.get(row);
    LabelledRows test = task.test();
    return test.isRegression() ? name : name + " (" + test.classes().get(test.label(row)) + ")";
  }

  /** The hash of rows and labels. */
  private static String sha256(LabelledRows rows) {
    MessageDigest digest = Sha256.digest();
    digest.update((rows.rows() + " x " + rows.columns()).getBytes(StandardCharsets.UTF_8));
    for (String name : rows.classes()) {
      digest.update((name.length() + " " + name).getBytes(StandardCharsets.UTF_8));
    }
    feed(digest, rows.x());
    feed(digest, rows.y());
    return Sha256.hex(digest);
  }

  private static void feed(MessageDigest digest, double[] numbers) {
    int piece = 1 << 16;
    ByteBuffer bytes = ByteBuffer.allocate(piece * Double.BYTES);
    for (int from = 0; from < numbers.length; from += piece) {
      int count = Math.min(piece, numbers.length - from);
      bytes.asDoubleBuffer().put(numbers, from, count);
      digest.update(bytes.array(), 0, count * Double.BYTES);
    }
  }
}
