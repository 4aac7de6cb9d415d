package dev.ablate.model.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ablate.model.CausalScorer;
import dev.ablate.model.TextTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The edited graphs of real architectures against the graphs as they are. */
class OnnxCausalTest {
  private static final String FRONT = "read this text and go on with it :";
  private static final String PROMPT = "the old man went down to the quiet river today";
  private static final List<String> ANSWERS = List.of(" and slept", " alone");

  /** Whole rows, the front that all have, and how many tokens at the end are asked about. */
  private record Rows(int[] front, List<int[]> rows, int[] asked) {
    int[][] behind(int shared) {
      return rows.stream()
          .map(row -> Arrays.copyOfRange(row, shared, row.length))
          .toArray(int[][]::new);
    }

    Rows some(int first, int end) {
      return new Rows(front, rows.subList(first, end), Arrays.copyOfRange(asked, first, end));
    }
  }

  private static double tolerance(String folder) {
    return folder.contains("fp16") ? 2e-2 : 1e-4;
  }

  /** Prompts with words removed or unknown, each with each answer behind it. */
  private static Rows ablated(Path folder, int masks) {
    List<int[]> rows = new ArrayList<>();
    List<Integer> asked = new ArrayList<>();
    Random random = new Random(7);
    int[] front;
    try (TextTokenizer tokenizer = CausalFolders.tokenizer(folder)) {
      front = tokenizer.tokenize(FRONT).ids();
      String[] words = PROMPT.split(" ");
      int unknown = tokenizer.tokenize("[?]").ids()[0];
      for (int m = 0; m < masks; m++) {
        int mask = m < 2 ? m - 1 : random.nextInt(1 << words.length);
        IntStream.Builder row = IntStream.builder();
        IntStream.of(front).forEach(row);
        for (int w = 0; w < words.length; w++) {
          int[] tokens = tokenizer.tokenize(" " + words[w]).ids();
          boolean kept = (mask >> w & 1) == 1;
          if (kept || m % 2 == 1) {
            IntStream.of(tokens).forEach(token -> row.add(kept ? token : unknown));
          }
        }
        int[] prompt = row.build().toArray();
        for (String answer : ANSWERS) {
          int[] tokens = tokenizer.tokenize(answer).ids();
          rows.add(IntStream.concat(IntStream.of(prompt), IntStream.of(tokens)).toArray());
          asked.add(tokens.length);
        }
      }
    }
    return new Rows(front, rows, asked.stream().mapToInt(Integer::intValue).toArray());
  }

  private static double[][] plain(Path folder, Rows rows) {
    try (PlainCausal plain = new PlainCausal(folder.resolve("model.onnx"))) {
      return IntStream.range(0, rows.asked.length)
          .mapToObj(r -> plain.logProbabilities(rows.rows.get(r), rows.asked[r]))
          .toArray(double[][]::new);
    }
  }

  private static void compare(double[][] expected, float[][] found, double tolerance) {
    assertEquals(expected.length, found.length);
    for (int r = 0; r < expected.length; r++) {
      assertEquals(expected[r].length, found[r].length);
      for (int i = 0; i < expected[r].length; i++) {
        assertEquals(expected[r][i], found[r][i], tolerance, "row " + r + ", token " + i);
      }
    }
  }

  private static OnnxCausal open(Path folder) {
    return CausalFolders.openGraph(folder.resolve("model.onnx"), 64);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2-lm-ts",
        "gpt2-lm-fp16",
        "gpt2-lm-past-ts",
        "llama-lm-dynamo",
        "llama-lm-past-dynamo",
        "llama-lm-past-ts",
        "llama-lm-ts",
        "mistral-lm-ts",
        "qwen2-lm-past-ts"
      })
  void equalsThePlainGraph(String name) {
    Path folder = CausalFolders.folder(name);
    Rows rows = ablated(folder, 40);
    double[][] expected = plain(folder, rows);
    try (CausalScorer scorer = open(folder)) {
      assertEquals(List.of(), scorer.notes());
      for (int shared : new int[] {0, 1, 2, rows.front.length}) {
        int[] front = Arrays.copyOf(rows.front, shared);
        compare(
            expected,
            scorer.logProbabilities(front, rows.behind(shared), rows.asked),
            tolerance(name));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-lm-ts", "llama-lm-past-dynamo", "qwen2-lm-past-ts"})
  void findsTheLikeliestToken(String name) {
    Path folder = CausalFolders.folder(name);
    Rows rows = ablated(folder, 10);
    try (CausalScorer scorer = open(folder);
        PlainCausal plain = new PlainCausal(folder.resolve("model.onnx"))) {
      for (int[] row : rows.rows) {
        assertEquals(plain.next(row), scorer.next(row));
      }
    }
  }

  @Test
  void severalThreadsMayUseIt() throws InterruptedException, ExecutionException {
    Path folder = CausalFolders.folder("llama-lm-past-ts");
    Rows rows = ablated(folder, 32);
    double[][] expected = plain(folder, rows);
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try (CausalScorer scorer = open(folder)) {
      List<Future<?>> runs = new ArrayList<>();
      for (int part = 0; part < 16; part++) {
        int first = 4 * (part % 8);
        Rows some = rows.some(first, first + 4);
        int[] front = Arrays.copyOf(rows.front, rows.front.length - part % 3);
        runs.add(
            pool.submit(
                () ->
                    compare(
                        Arrays.copyOfRange(expected, first, first + 4),
                        scorer.logProbabilities(front, some.behind(front.length), some.asked),
                        1e-4)));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } finally {
      pool.shutdown();
    }
  }
}
