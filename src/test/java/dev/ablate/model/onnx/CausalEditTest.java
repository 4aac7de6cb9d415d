package dev.ablate.model.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.ablate.code.InputException;
import dev.ablate.model.TinyModels;
import dev.ablate.model.onnx.TinyCausal.Head;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Edited graphs against the formula of graphs whose answer is known. */
class CausalEditTest {
  private static final int[] WORDS = {3, 4, 5, 6, 7, 8, 9, 11, 12};
  private static final String GIVEN = "present.0.key";

  private static OnnxCausal open(byte[] graph) {
    SampleRows sample = new SampleRows(new int[0], WORDS, new int[0]);
    try {
      GraphScan scan = GraphScan.of(new ByteArrayInputStream(graph));
      return new OnnxCausal(GraphSource.of(graph, "graph"), scan, List.of(), sample, 64);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] past(Head head) {
    return TinyCausal.logits(
        TinyCausal.past(TinyCausal.keys().node("Identity", "both", GIVEN)), head);
  }

  /** Rows of several lengths behind a front against the formula. */
  private static void check(OnnxCausal scorer, Head head, int shared, Random random) {
    check(scorer, head, shared, 9, random);
  }

  private static void check(OnnxCausal scorer, Head head, int shared, int longest, Random random) {
    int[] front = random.ints(shared, 0, TinyCausal.VOCABULARY).toArray();
    int[][] rows = new int[7][];
    int[] asked = new int[rows.length];
    for (int r = 0; r < rows.length; r++) {
      rows[r] = random.ints(2 + random.nextInt(longest - 1), 0, TinyCausal.VOCABULARY).toArray();
      asked[r] = 1 + random.nextInt(shared == 0 ? rows[r].length - 1 : rows[r].length);
    }
    float[][] found = scorer.logProbabilities(front, rows, asked);
    for (int r = 0; r < rows.length; r++) {
      int[] whole = IntStream.concat(IntStream.of(front), IntStream.of(rows[r])).toArray();
      assertEquals(asked[r], found[r].length);
      for (int i = 0; i < asked[r]; i++) {
        int place = whole.length - asked[r] + i;
        assertEquals(TinyCausal.logProbability(whole, place, head), found[r][i], 1e-4);
      }
      assertEquals(TinyCausal.next(whole, head), scorer.next(whole));
    }
  }

  @ParameterizedTest
  @EnumSource
  void answersByTheFormula(Head head) {
    Random random = new Random(head.ordinal());
    byte[] plain = TinyCausal.logits(TinyCausal.plain(), head);
    for (byte[] graph : List.of(plain, past(head))) {
      try (OnnxCausal scorer = open(graph)) {
        assertEquals(List.of(), scorer.notes());
        for (int shared : new int[] {0, 1, 2, 5, 9}) {
          check(scorer, head, shared, random);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"INT64, 1, 0", "INT32, 3, 0", "INT64, 0, 12", "INT32, 1, 12", "INT64, 4, 12"})
  void batchesMayBePrescribed(ElementType whole, int rows, int length) {
    GraphBuilder graph =
        TinyCausal.plain(
            whole, rows == 0 ? "batch" : (Object) rows, length == 0 ? "sequence" : (Object) length);
    try (OnnxCausal scorer = open(TinyCausal.logits(graph, Head.MATMUL))) {
      assertEquals(List.of(), scorer.notes());
      assertEquals(length == 0 ? Integer.MAX_VALUE : length, scorer.maxTokens());
      check(scorer, Head.MATMUL, 0, 12, new Random(1));
      check(scorer, Head.MATMUL, 3, new Random(2));
    }
  }

  @Test
  void weightsMayLieBesideTheGraph(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("model.onnx");
    Files.write(file, past(Head.MATMUL));
    TinyModels.moveWeightsTo(directory, "weights.bin");
    try (OnnxCausal scorer = CausalFolders.openGraph(file, 64)) {
      check(scorer, Head.MATMUL, 5, new Random(1));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "MATMUL, true",
    "FLAT_GEMM, true",
    "TURNED, true",
    "CAPPED, true",
    "NEGATED, false",
    "USED_TWICE, false"
  })
  void theHeadSeesTheAskedPositionsAlone(Head head, boolean alone) {
    GraphSource source = GraphSource.of(TinyCausal.logits(TinyCausal.plain(), head), "graph");
    List<String> outputs =
        CausalEdit.of(source.read(), "graph").getGraph().getNodeList().stream()
            .map(node -> node.getOpType() + " " + node.getOutput(0))
            .toList();
    int gather =
        IntStream.range(0, outputs.size())
            .filter(n -> outputs.get(n).startsWith("Gather ablate/logits"))
            .findFirst()
            .getAsInt();
    int product =
        IntStream.range(0, outputs.size())
            .filter(n -> outputs.get(n).matches("(MatMul|Gemm) .*"))
            .findFirst()
            .getAsInt();
    assertEquals(alone, gather < product, outputs.toString());
  }

  private static GraphBuilder window() {
    return TinyCausal.keys()
        .longs("four", new long[] {-4}, 1)
        .longs("last", new long[] {Long.MAX_VALUE}, 1)
        .node("Slice", "both four last column", GIVEN);
  }

  /** Whether rows behind a front of some length get what the graph keeps of it. */
  private static boolean shares(byte[] graph, int length) throws IOException {
    GraphSource source = GraphSource.of(graph, "graph");
    GraphScan scan = GraphScan.of(new ByteArrayInputStream(graph));
    try (OnnxSession session = source.open(CausalEdit.of(source.read(), "graph"))) {
      CausalRuns runs = new CausalRuns(session, scan, WORDS);
      SampleRows sample = new SampleRows(new int[0], WORDS, new int[0]);
      CausalTrial trial = new CausalTrial(runs, scan, List.of(), sample, 64);
      int[] front = new Random(4).ints(length, 0, TinyCausal.VOCABULARY).toArray();
      try (KeptPrefix prefix = trial.prefix(front, new int[] {1, 2, 3}, 2)) {
        return trial.sharesPrefix() && prefix != null;
      }
    }
  }

  @Test
  void aFrontIsSharedWhereRowsBehindItAreWhatTheyAreWhole() throws IOException {
    assertTrue(shares(past(Head.MATMUL), 3));
    assertTrue(shares(past(Head.FLAT_GEMM), 30));
    assertFalse(shares(TinyCausal.logits(TinyCausal.plain(), Head.MATMUL), 3));
    byte[] window = TinyCausal.logits(TinyCausal.past(window()), Head.MATMUL);
    assertTrue(shares(window, 4));
    assertFalse(shares(window, 5));
  }

  /** What a graph keeps may not be enough for the rest of a row; then the front is not shared. */
  @Test
  void aFrontIsNotSharedWhereRowsBehindItWouldBeOthers() {
    GraphBuilder half =
        TinyCausal.keys().floats("half", new float[] {0.5f}).node("Mul", "both half", GIVEN);
    try (OnnxCausal scorer = open(TinyCausal.logits(TinyCausal.past(half), Head.MATMUL))) {
      assertEquals(1, scorer.notes().size());
      String note = scorer.notes().get(0);
      assertTrue(note.startsWith("rows behind a shared front are not what they are whole"), note);
      check(scorer, Head.MATMUL, 9, new Random(1));
    }
  }

  /** Four tokens are kept, as by networks with a window: too few for a longer front only. */
  @Test
  void aWindowIsSeenWhereAFrontIsLongerThanIt() {
    try (OnnxCausal scorer = open(TinyCausal.logits(TinyCausal.past(window()), Head.MATMUL))) {
      assertEquals(List.of(), scorer.notes());
      for (int shared : new int[] {2, 4, 5, 9, 15}) {
        check(scorer, Head.MATMUL, shared, new Random(shared));
      }
    }
  }

  @Test
  void manyFrontsTakeNoMoreMemoryThanFew() {
    try (OnnxCausal scorer = open(past(Head.MATMUL))) {
      Random random = new Random(2);
      for (int front = 0; front < 40; front++) {
        check(scorer, Head.MATMUL, 12, random);
      }
      long bytes = Pointer.totalBytes();
      for (int front = 0; front < 100; front++) {
        check(scorer, Head.MATMUL, 12, random);
      }
      assertTrue(Pointer.totalBytes() <= bytes + (1 << 14), "grew from " + bytes);
    }
  }

  @Test
  void goesOnAfterAFailedBatch() {
    try (OnnxCausal scorer = open(past(Head.MATMUL))) {
      int[] asked = {1};
      for (int shared : new int[] {0, 6}) {
        InputException e =
            assertThrows(
                InputException.class,
                () -> scorer.logProbabilities(new int[shared], new int[][] {{5, 9999, 2}}, asked));
        assertTrue(e.getMessage().contains("failed on a batch of 1 x "), e.getMessage());
      }
      check(scorer, Head.MATMUL, 6, new Random(3));
    }
  }

  @Test
  void saysThatItIsClosed() {
    OnnxCausal scorer = open(past(Head.MATMUL));
    check(scorer, Head.MATMUL, 6, new Random(3));
    scorer.close();
    scorer.close();
    assertThrows(IllegalStateException.class, () -> scorer.next(new int[] {1}));
    assertThrows(
        IllegalStateException.class,
        () -> scorer.logProbabilities(new int[6], new int[][] {{1, 2}}, new int[] {1}));
  }

  private static void refuses(byte[] graph, String part) {
    InputException e = assertThrows(InputException.class, () -> open(graph).close());
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  @Test
  void refusesGraphsWhoseTokensSeeThoseBehindThem() {
    refuses(
        TinyCausal.logits(TinyCausal.seeing(), Head.MATMUL),
        "lets tokens see those behind them (a log-probability moves by up to");
  }

  @Test
  void refusesOtherInputs() {
    GraphBuilder graph =
        TinyCausal.past(TinyCausal.keys().node("Identity", "both", GIVEN))
            .input("pixel_values", ElementType.FLOAT, "batch");
    refuses(
        TinyCausal.logits(graph, Head.MATMUL),
        "has the inputs input_ids (int64), position_ids (int64), past_key_values.0.key (float),"
            + " past_key_values.0.value (float), pixel_values (float) and the outputs");
  }

  @Test
  void refusesKeysThatAreNotGiven() {
    GraphBuilder graph = TinyCausal.past(TinyCausal.keys().node("Identity", "both", GIVEN));
    graph
        .input("past_key_values.1.key", ElementType.FLOAT, "batch", 1, "past", 4)
        .node("Identity", "past_key_values.1.key", "unused");
    refuses(
        TinyCausal.logits(graph, Head.MATMUL),
        "has the input past_key_values.1.key but no output present.1.key of the same type");
  }

  @Test
  void refusesKeysOfAnotherForm() {
    refusesKeys("batch", "past", 4);
    refusesKeys("batch", "heads", "past", 4);
    refusesKeys("batch", 1 << 30, "past", 4);
    refusesKeys("batch", 1, "past", 1 << 30);
  }

  private static void refusesKeys(Object... axes) {
    GraphBuilder graph =
        TinyCausal.plain()
            .input("past_key_values.0.key", ElementType.FLOAT, axes)
            .node("Identity", "past_key_values.0.key", "present.0.key")
            .output("present.0.key", ElementType.FLOAT);
    refuses(
        TinyCausal.logits(graph, Head.MATMUL),
        "takes past_key_values.0.key in another form than (batch, heads, tokens, size)");
  }

  @Test
  void refusesOldOperators() throws IOException {
    ModelProto.Builder model =
        ModelProto.parseFrom(TinyCausal.logits(TinyCausal.plain(), Head.MATMUL)).toBuilder();
    model.getOpsetImportBuilder(0).setVersion(10);
    refuses(
        model.build().toByteArray(),
        "has operators of opset 10, and a language model needs 11 or later; export it again");
  }

  @Test
  void tokensOfRowsAreNotChanged() {
    try (OnnxCausal scorer = open(past(Head.MATMUL))) {
      int[] front = {1, 2, 3, 4};
      int[][] rows = {{5, 6}, {7, 8, 9}};
      scorer.logProbabilities(front, rows, new int[] {1, 2});
      assertEquals(
          "[1, 2, 3, 4][[5, 6], [7, 8, 9]]", Arrays.toString(front) + Arrays.deepToString(rows));
    }
  }

  /** In a process that loads nothing by itself, as the command line is. */
  @Test
  void loadsTheLibrariesThatItNeeds(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path file = Files.write(directory.resolve("model.onnx"), past(Head.MATMUL));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.bytedeco.javacpp.loadlibraries=false",
                "-cp",
                System.getProperty("java.class.path"),
                Next.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertEquals(TinyCausal.next(new int[] {4, 5, 6}, Head.MATMUL), Integer.parseInt(said.strip()));
  }

  /** Prints the likeliest token behind three. */
  static final class Next {
    private Next() {}

    public static void main(String[] args) {
      try (OnnxCausal scorer = CausalFolders.openGraph(Path.of(args[0]), 64)) {
        System.out.println(scorer.next(new int[] {4, 5, 6}));
      }
    }
  }
}
