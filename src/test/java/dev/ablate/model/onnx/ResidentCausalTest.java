package dev.ablate.model.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.model.HostRuns;
import dev.ablate.model.ResidentNetwork;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentNetwork.Per;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Causal networks over tensors of a backend against the graphs as they are. */
class ResidentCausalTest {
  private static final int[] FRONT = {7, 12, 9, 30, 4, 18, 25};
  private static final int ROWS = 12;

  private static OnnxCausal open(Path graph, Provider provider) {
    GraphSource source = GraphSource.in(graph).on(provider);
    SampleRows sample =
        new SampleRows(new int[0], new int[] {5, 9, 14, 22, 11, 20, 17, 28, 3}, new int[0]);
    try (InputStream in = Files.newInputStream(graph)) {
      return new OnnxCausal(source, GraphScan.of(in), List.of(), sample, 64);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<int[]> rows() {
    Random random = new Random(11);
    List<int[]> rows = new ArrayList<>();
    for (int r = 0; r < ROWS; r++) {
      rows.add(random.ints(2 + random.nextInt(6), 3, 40).toArray());
    }
    return rows;
  }

  private static int[] joined(int[] front, int[] back) {
    return IntStream.concat(IntStream.of(front), IntStream.of(back)).toArray();
  }

  private static double logProbability(double[] logits, int at, int vocabulary, int token) {
    double most = Arrays.stream(logits, at, at + vocabulary).max().orElseThrow();
    double sum = 0;
    for (int t = 0; t < vocabulary; t++) {
      sum += Math.exp(logits[at + t] - most);
    }
    return logits[at + token] - most - Math.log(sum);
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2-lm-ts, false, 1e-4",
    "gpt2-lm-past-ts, true, 1e-4",
    "gpt2-lm-fp16, false, 2e-2",
    "llama-lm-past-dynamo, true, 1e-4",
    "mistral-lm-ts, false, 1e-4",
    "qwen2-lm-past-ts, true, 1e-4"
  })
  void equalsThePlainGraph(String name, boolean shares, double tolerance) {
    Path graph = CausalFolders.folder(name).resolve("model.onnx");
    try (HostBackend backend = new HostBackend(1);
        OnnxCausal causal = open(graph, Provider.inMemoryOf(backend));
        PlainCausal plain = new PlainCausal(graph)) {
      ResidentNetwork network = causal.resident();
      Layout layout = network.layout();
      assertEquals(Per.ASKED, layout.per());
      assertEquals(shares, layout.takesPrefix());
      compare(network, plain, null, tolerance);
      try (ResidentNetwork.Prefix prefix = network.prefix(FRONT)) {
        if (shares) {
          assertEquals(FRONT.length, prefix.length());
          compare(network, plain, prefix, tolerance);
        } else {
          assertNull(prefix);
        }
      }
    }
  }

  /** The log-probabilities of all tokens of rows but the first, in batches that may share a run. */
  private static void compare(
      ResidentNetwork network, PlainCausal plain, ResidentNetwork.Prefix prefix, double tolerance) {
    int[] front = prefix == null ? new int[0] : FRONT;
    List<int[]> rows = rows();
    int vocabulary = network.layout().count();
    try (ResidentNetwork.Slot slot = network.slot(5, 5 * (front.length + 8), 5 * 8)) {
      HostRuns memory = new HostRuns(network, slot);
      while (!rows.isEmpty()) {
        List<int[]> batch = new ArrayList<>(List.of(rows.remove(0)));
        while (batch.size() < 5 && !rows.isEmpty() && memory.mayShare(batch.get(0), rows.get(0))) {
          batch.add(rows.remove(0));
        }
        int width = memory.width(batch);
        IntStream.Builder places = IntStream.builder();
        for (int r = 0; r < batch.size(); r++) {
          for (int t = 1; t < batch.get(r).length; t++) {
            places.add(r * width + t - 1);
          }
        }
        double[] logits = memory.of(prefix, batch, width, places.build().toArray());
        int at = 0;
        for (int[] row : batch) {
          double[] expected = plain.logProbabilities(joined(front, row), row.length - 1);
          for (int t = 1; t < row.length; t++) {
            double found = logProbability(logits, at++ * vocabulary, vocabulary, row[t]);
            assertEquals(expected[t - 1], found, tolerance);
          }
        }
      }
    }
  }

  /** What the host asks of the same session. */
  @ParameterizedTest
  @CsvSource({"gpt2-lm-past-ts, 1e-5", "llama-lm-ts, 1e-5", "gpt2-lm-fp16, 2e-2"})
  void theHostMayAskTheSameSession(String name, double tolerance) {
    Path graph = CausalFolders.folder(name).resolve("model.onnx");
    List<int[]> rows = rows();
    int[] asked = rows.stream().mapToInt(row -> row.length - 1).toArray();
    try (HostBackend backend = new HostBackend(1);
        OnnxCausal resident = open(graph, Provider.inMemoryOf(backend));
        OnnxCausal usual = open(graph, Provider.CPU)) {
      assertNull(usual.resident());
      assertEquals(usual.notes(), resident.notes());
      float[][] expected = usual.logProbabilities(FRONT, rows.toArray(int[][]::new), asked);
      float[][] found = resident.logProbabilities(FRONT, rows.toArray(int[][]::new), asked);
      for (int r = 0; r < ROWS; r++) {
        assertArrayEquals(expected[r], found[r], (float) tolerance);
        assertEquals(usual.next(rows.get(r)), resident.next(rows.get(r)));
      }
    }
  }
}
