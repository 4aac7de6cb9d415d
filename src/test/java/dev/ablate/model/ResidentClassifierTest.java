package dev.ablate.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentNetwork.Per;
import dev.ablate.model.onnx.CausalFolders;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classifiers over tensors of a backend against the same rows one by one. */
class ResidentClassifierTest {
  private static final String TEXT = "her acting never fails to impress , and the film is good";

  /** Random parts of a text, some of them of the same length. */
  static List<int[]> rows(TextModel model, int count, Random random) {
    int[] ids = model.tokenizer().tokenize(TEXT).ids();
    List<int[]> rows = new ArrayList<>();
    for (int r = 0; r < count; r++) {
      rows.add(random.ints(2 + random.nextInt(9), 0, ids.length).map(i -> ids[i]).toArray());
    }
    return rows;
  }

  private static void compare(Function<Serving, TextModel> opening, double tolerance) {
    try (HostBackend backend = new HostBackend(1);
        TextClassifier plain = (TextClassifier) opening.apply(Serving.HOST);
        TextClassifier served = (TextClassifier) opening.apply(Serving.inMemoryOf(backend))) {
      assertNull(plain.scorer().resident());
      ResidentNetwork network = served.scorer().resident();
      Layout layout = network.layout();
      assertEquals(Per.ROW, layout.per());
      assertEquals(plain.scorer().scores(), layout.count());
      Random random = new Random(3);
      List<int[]> rows = rows(plain, 40, random);
      int most = Math.max(8, layout.fixedRows());
      int longest = Math.max(16, layout.fixedLength());
      try (ResidentNetwork.Slot first = network.slot(most, most * longest, 0);
          ResidentNetwork.Slot second = network.slot(most, most * longest, 0)) {
        int runs = 0;
        while (!rows.isEmpty()) {
          HostRuns memory = new HostRuns(network, runs++ % 2 == 0 ? first : second);
          List<int[]> batch = new ArrayList<>(List.of(rows.remove(0)));
          int wanted = layout.fixedRows() > 0 ? layout.fixedRows() : 1 + random.nextInt(8);
          while (batch.size() < wanted
              && !rows.isEmpty()
              && memory.mayShare(batch.get(0), rows.get(0))) {
            batch.add(rows.remove(0));
          }
          double[] found = memory.of(null, batch, memory.width(batch));
          for (int r = 0; r < batch.size(); r++) {
            float[] alone = plain.logits(batch.get(r));
            for (int c = 0; c < alone.length; c++) {
              assertEquals(alone[c], found[r * alone.length + c], tolerance, "row " + r);
            }
          }
        }
      }
    }
  }

  @Test
  void theBundledModel() {
    compare(serving -> ModelDirectory.bundled().load(1, serving), 1e-5);
  }

  @Test
  void theTinyModel() {
    compare(serving -> ModelDirectory.open(TinyModels.directory()).load(1, serving), 1e-5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert-ts",
        "bert-int32",
        "bert-nomask",
        "bert-static",
        "distilbert-ts",
        "gpt2-cls-ts",
        "llama-cls-positions",
        "roberta-dynamo",
        "bert-int8"
      })
  void modelsOfRealArchitectures(String name) {
    compare(serving -> ModelDirectory.open(CausalFolders.folder(name)).load(1, serving), 1e-5);
  }

  @Test
  void aModelOfSixteenBits() {
    compare(
        serving -> ModelDirectory.open(CausalFolders.folder("bert-fp16-io")).load(1, serving),
        2e-2);
  }

  @Test
  void aRunLargerThanItsMemoryIsRefused() {
    try (HostBackend backend = new HostBackend(1);
        TextClassifier served =
            (TextClassifier) ModelDirectory.bundled().load(1, Serving.inMemoryOf(backend))) {
      ResidentNetwork network = served.scorer().resident();
      try (ResidentNetwork.Slot slot = network.slot(2, 8, 0)) {
        assertThrows(IllegalArgumentException.class, () -> network.run(slot, null, 2, 5, 0));
        assertThrows(IllegalArgumentException.class, () -> network.run(slot, null, 3, 2, 0));
      }
    }
  }
}
