package dev.ablate.model.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.model.Scorer;
import dev.ablate.model.TinyModels;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxScorerTest {
  private static final List<String> WORDS =
      List.of("her", "acting", "never", "fails", "to", "[MASK]", "##n", "good", "[CLS]");

  private static OnnxScorer classifier(OnnxSession session, Path graph) {
    int[] words = WORDS.stream().mapToInt(TinyModels::id).toArray();
    SampleRows sample = new SampleRows(new int[0], words, new int[0]);
    try (InputStream in = Files.newInputStream(graph)) {
      return OnnxScorer.classifier(session, GraphScan.of(in), List.of(0), sample, 32);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static OnnxScorer open(Path graph) {
    OnnxSession session = OnnxSession.open(graph);
    try {
      return classifier(session, graph);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  @ParameterizedTest
  @CsvSource({"three-labels, 3", "one-label, 1", "token-types, 2"})
  void answersByTheFormula(String graph, int labels) {
    try (OnnxScorer session = open(TinyModels.graph(graph))) {
      assertEquals(labels, session.scores());
      checkBatch(session, new Rows(5, 9, new Random(1)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shapesMayChangeFromBatchToBatch(long seed) {
    Random random = new Random(seed);
    try (OnnxScorer session = open(TinyModels.graph("three-labels"))) {
      for (int run = 0; run < 40; run++) {
        checkBatch(session, new Rows(1 + random.nextInt(40), 1 + random.nextInt(32), random));
      }
    }
  }

  @Test
  void readsAGraphFromMemory() throws IOException {
    Path graph = TinyModels.graph("three-labels");
    byte[] bytes = Files.readAllBytes(graph);
    try (OnnxScorer session = classifier(OnnxSession.of(bytes, "memory"), graph)) {
      checkBatch(session, new Rows(3, 4, new Random(2)));
    }
  }

  @Test
  void findsWeightsBesideTheGraph(@TempDir Path empty) throws IOException {
    try (OnnxScorer session = open(TinyModels.graph("external"))) {
      checkBatch(session, new Rows(3, 4, new Random(2)));
    }
    Path alone = Files.copy(TinyModels.graph("external"), empty.resolve("model.onnx"));
    InputException e = assertThrows(InputException.class, () -> open(alone));
    assertTrue(e.getMessage().contains("with its external data beside it"), e.getMessage());
  }

  @Test
  void severalThreadsMayUseIt() throws InterruptedException, ExecutionException {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try (OnnxScorer session = open(TinyModels.graph("three-labels"))) {
      List<Future<?>> runs = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        Random random = new Random(thread);
        runs.add(
            pool.submit(
                () -> {
                  for (int run = 0; run < 50; run++) {
                    checkBatch(session, new Rows(1 + random.nextInt(9), 7, random));
                  }
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void batchesOfOneShapeTakeNoNewMemory() {
    try (OnnxScorer session = open(TinyModels.graph("token-types"))) {
      checkBatch(session, new Rows(8, 8, new Random(5)));
      long pointers = Pointer.totalCount();
      long bytes = Pointer.totalBytes();
      for (int run = 0; run < 500; run++) {
        checkBatch(session, new Rows(8, 8, new Random(run)));
      }
      // The garbage of other tests may go meanwhile, but nothing may come.
      assertTrue(Pointer.totalCount() <= pointers);
      assertTrue(Pointer.totalBytes() <= bytes);
    }
  }

  @Test
  void memoryStaysTheSameOverManyShapesAndSessions() throws InterruptedException {
    openAndRunAllShapes();
    long pointers = pointersAfterCollection(0);
    long bytes = Pointer.totalBytes();
    long resident = Pointer.physicalBytes();
    for (int round = 0; round < 20; round++) {
      openAndRunAllShapes();
    }
    assertEquals(pointers, pointersAfterCollection(pointers));
    assertEquals(bytes, Pointer.totalBytes());
    long growth = Pointer.physicalBytes() - resident;
    assertTrue(growth < 64 << 20, () -> "grew by " + growth + " bytes");
  }

  private static void openAndRunAllShapes() {
    try (OnnxScorer session = open(TinyModels.graph("token-types"))) {
      runAllShapes(session);
    }
  }

  /** Waits until the collector has freed what is only waiting for it. */
  private static long pointersAfterCollection(long expected) throws InterruptedException {
    for (int wait = 0; wait < 20 && Pointer.totalCount() > expected; wait++) {
      System.gc();
      Thread.sleep(20);
    }
    return Pointer.totalCount();
  }

  @Test
  void saysThatItIsClosed() {
    OnnxScorer session = open(TinyModels.graph("one-label"));
    session.close();
    session.close();
    assertThrows(
        IllegalStateException.class,
        () -> session.score(new int[1], new int[] {1}, 1, 1, new float[1]));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wrong-input | has the inputs ids (int64), attention_mask (int64) and the outputs logits"
            + " (float); needed are inputs input_ids, optionally attention_mask,",
        "unknown-input | attention_mask (int64), pixel_values (int64) and",
        "wrong-output | the outputs scores (float); needed are"
      })
  void refusesOtherGraphs(String graph, String part) {
    InputException e = assertThrows(InputException.class, () -> open(TinyModels.graph(graph)));
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertTrue(e.getMessage().lines().count() == 1, e.getMessage());
  }

  @Test
  void refusesWhatIsNoGraph() {
    InputException e =
        assertThrows(
            InputException.class, () -> OnnxSession.of(new byte[] {1, 2, 3}, "noise.onnx"));
    assertTrue(e.getMessage().startsWith("ONNX Runtime cannot load noise.onnx: "), e.getMessage());
  }

  @Test
  void goesOnAfterAFailedBatch() {
    try (OnnxScorer session = open(TinyModels.graph("three-labels"))) {
      InputException e =
          assertThrows(
              InputException.class,
              () -> session.score(new int[] {5, 9999}, new int[] {2}, 1, 2, new float[3]));
      assertTrue(e.getMessage().contains("failed on a batch of 1 x 2 tokens"), e.getMessage());
      checkBatch(session, new Rows(1, 2, new Random(4)));
    }
  }

  private static void runAllShapes(Scorer session) {
    Random random = new Random(3);
    for (int width = 1; width <= 32; width++) {
      checkBatch(session, new Rows(64 / width + 1, width, random));
    }
  }

  /** Compares every row with the formula; float32 sums of up to 32 terms below 40. */
  private static void checkBatch(Scorer session, Rows rows) {
    int labels = session.scores();
    float[] logits = new float[rows.lengths.length * labels];
    session.score(rows.ids, rows.lengths, rows.lengths.length, rows.width, logits);
    for (int r = 0; r < rows.lengths.length; r++) {
      double[] expected = TinyModels.logits(rows.tokens.get(r), labels);
      double[] actual = new double[labels];
      for (int c = 0; c < labels; c++) {
        actual[c] = logits[r * labels + c];
      }
      assertArrayEquals(expected, actual, 1e-4);
    }
  }

  /** Random rows of random lengths; noise stands where the padding goes. */
  private static final class Rows {
    final int width;
    final int[] ids;
    final int[] lengths;
    final List<List<String>> tokens = new ArrayList<>();

    Rows(int rows, int width, Random random) {
      this.width = width;
      ids = new int[rows * width];
      Arrays.fill(ids, 1 << 20);
      lengths = new int[rows];
      for (int r = 0; r < rows; r++) {
        lengths[r] = 1 + random.nextInt(width);
        List<String> row = new ArrayList<>();
        for (int t = 0; t < lengths[r]; t++) {
          row.add(WORDS.get(random.nextInt(WORDS.size())));
          ids[r * width + t] = TinyModels.id(row.get(t));
        }
        tokens.add(row);
      }
    }
  }
}
