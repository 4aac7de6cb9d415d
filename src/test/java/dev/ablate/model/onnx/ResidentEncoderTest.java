package dev.ablate.model.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ablate.backend.Scores;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.model.HostRuns;
import dev.ablate.model.Pooling;
import dev.ablate.model.ResidentNetwork;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentNetwork.Per;
import dev.ablate.model.ResidentNetwork.Sharing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Encoders over tensors of a backend against what the host has of the same graph. */
class ResidentEncoderTest {
  private static final List<int[]> ROWS =
      List.of(new int[] {5, 9, 17, 30}, new int[] {11}, new int[] {40, 8, 21});

  private static byte[] resource(String name) {
    try (InputStream in = ResidentEncoderTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static OnnxScorer open(byte[] graph, Pooling pooling, Provider provider) {
    SampleRows sample = new SampleRows(new int[0], new int[] {6, 7, 8, 9, 10, 12}, new int[0]);
    OnnxSession session = OnnxSession.of(graph, "graph", provider);
    try {
      GraphScan scan = GraphScan.of(new ByteArrayInputStream(graph));
      return OnnxScorer.encoder(session, scan, List.of(0), sample, 512, pooling);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private static float[] expected(OnnxScorer scorer, int[] row) {
    float[] vector = new float[scorer.scores()];
    scorer.score(row, new int[] {row.length}, 1, row.length, vector);
    return vector;
  }

  /** The vector of a row of a batch, of length 1. */
  private static double[] pooled(double[] found, Layout layout, int r, int width, int length) {
    int size = layout.count();
    if (layout.per() == Per.ROW) {
      return normalised(Arrays.copyOfRange(found, r * size, (r + 1) * size));
    }
    double[] vector = new double[size];
    for (int i = 0; i < size; i++) {
      double[] column = new double[length];
      for (int t = 0; t < length; t++) {
        column[t] = found[(r * width + t) * size + i];
      }
      vector[i] =
          switch (layout.pool()) {
            case MEAN -> Arrays.stream(column).average().getAsDouble();
            case MAX -> Arrays.stream(column).max().getAsDouble();
            case FIRST -> column[0];
            case LAST -> column[length - 1];
          };
    }
    return normalised(vector);
  }

  private static double[] normalised(double[] vector) {
    double length = Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
    return Arrays.stream(vector).map(x -> x / length).toArray();
  }

  private static void compare(byte[] graph, Pooling pooling, Sharing sharing, Per per) {
    try (HostBackend backend = new HostBackend(1);
        OnnxScorer plain = open(graph, pooling, Provider.CPU);
        OnnxScorer served = open(graph, pooling, Provider.inMemoryOf(backend))) {
      assertNull(plain.resident());
      ResidentNetwork network = served.resident();
      Layout layout = network.layout();
      assertEquals(sharing, layout.sharing());
      assertEquals(per, layout.per());
      assertEquals(
          per == Per.ROW
              ? null
              : Scores.Pool.valueOf((pooling == null ? Pooling.MEAN : pooling).name()),
          layout.pool());
      try (ResidentNetwork.Slot slot = network.slot(3, 12, 0)) {
        HostRuns memory = new HostRuns(network, slot);
        for (List<int[]> batch :
            sharing == Sharing.PADDED
                ? List.of(ROWS)
                : ROWS.stream().map(row -> List.of(row)).toList()) {
          int width = memory.width(batch);
          double[] found = memory.of(null, batch, width);
          for (int r = 0; r < batch.size(); r++) {
            float[] vector = expected(plain, batch.get(r));
            double[] here = pooled(found, layout, r, width, batch.get(r).length);
            for (int i = 0; i < vector.length; i++) {
              assertEquals(vector[i], here[i], 1e-5);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void vectorsOfPositions(Pooling pooling) {
    byte[] graph =
        TinyGraphs.sums(ElementType.INT64, "batch", "sequence")
            .node("Identity", "scores", "last_hidden_state")
            .output("last_hidden_state", ElementType.FLOAT)
            .bytes();
    compare(graph, pooling, Sharing.PADDED, Per.POSITION);
  }

  @Test
  void vectorsOfTexts() {
    byte[] graph =
        TinyGraphs.sums(ElementType.INT32, "batch", "sequence")
            .node("Identity", "sums", "sentence_embedding")
            .output("sentence_embedding", ElementType.FLOAT)
            .bytes();
    compare(graph, null, Sharing.PADDED, Per.ROW);
  }

  /** A real one, dynamically quantised. */
  @Test
  void aNetworkWhoseRowsRunAlone() {
    compare(resource("/all-minilm-l6-v2-q.onnx"), null, Sharing.ALONE, Per.POSITION);
  }
}
