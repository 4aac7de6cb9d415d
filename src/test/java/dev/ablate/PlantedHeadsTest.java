package dev.ablate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interaction;
import dev.ablate.game.Values;
import dev.ablate.lens.heads.Example;
import dev.ablate.lens.heads.Examples;
import dev.ablate.lens.heads.HeadsGame;
import dev.ablate.lens.heads.HeadsLens;
import dev.ablate.mask.Masks;
import dev.ablate.model.ComponentChoice;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.SwitchedModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The encoder of {@code src/models/planted}, seed 2, whose heads are known. */
class PlantedHeadsTest {
  private static final Path RESOURCES = Path.of("src", "test", "resources", "planted");
  private static final int LAYERS = 12;
  private static final int HEADS = 12;
  private static final int BACKGROUNDS = 20;
  private static final int MASKS = 600;

  @TempDir static Path folder;
  private static SwitchedModel model;
  private static HeadsGame game;
  private static JsonNode planted;

  @BeforeAll
  static void open() throws IOException {
    for (String name : List.of("config.json", "tokenizer.json")) {
      Files.copy(RESOURCES.resolve(name), folder.resolve(name));
    }
    try (InputStream in =
        new GZIPInputStream(Files.newInputStream(RESOURCES.resolve("model.onnx.gz")))) {
      Files.copy(in, folder.resolve("model.onnx"));
    }
    planted = new ObjectMapper().readTree(RESOURCES.resolve("planted.json").toFile());
    model = SwitchedModel.open(ModelDirectory.open(folder), ComponentChoice.HEADS, 1);
    Example text = Example.labelled("river stone bridge storm lamp valley corn moon", "yes");
    game = HeadsLens.DEFAULT.game(model, new Examples(List.of(text)));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static int[] planted(String key) {
    List<Integer> heads = new ArrayList<>();
    planted.get(key).forEach(head -> heads.add(head.get(0).asInt() * HEADS + head.get(1).asInt()));
    return heads.stream().mapToInt(Integer::intValue).sorted().toArray();
  }

  private static double[] values(boolean[][] masks) {
    Values values = Values.zeros(masks.length, 1);
    game.evaluate(Masks.of(masks), values);
    return values.column(0);
  }

  private static boolean[][] backgrounds() {
    Random random = new Random(4);
    boolean[][] masks = new boolean[BACKGROUNDS][LAYERS * HEADS];
    for (boolean[] mask : masks) {
      for (int f = 0; f < mask.length; f++) {
        mask[f] = random.nextBoolean();
      }
    }
    return masks;
  }

  /** The same masks with the two heads of the pair on or off. */
  private static double[] withPair(boolean first, boolean second) {
    boolean[][] masks = backgrounds();
    for (boolean[] mask : masks) {
      mask[planted("pair")[0]] = first;
      mask[planted("pair")[1]] = second;
    }
    return values(masks);
  }

  @Test
  void namesGoLayerByLayer() {
    assertEquals(LAYERS * HEADS, game.features());
    assertEquals("L0H0", game.featureNames().get(0));
    assertEquals("L3H10", game.featureNames().get(3 * HEADS + 10));
  }

  @Test
  void eitherHeadOfThePairIsNothingWithoutTheOther() {
    double[] none = withPair(false, false);
    assertArrayEquals(none, withPair(true, false), 1e-5);
    assertArrayEquals(none, withPair(false, true), 1e-5);
    double[] both = withPair(true, true);
    for (int r = 0; r < none.length; r++) {
      double effect = planted.get("sign").asInt() * (both[r] - none[r]);
      assertTrue(effect > 1 && effect < 4, "two log-odds were planted, not " + effect);
    }
  }

  @Test
  void deadHeadsChangeNothing() {
    boolean[][] masks = backgrounds();
    double[] before = values(masks);
    for (boolean[] mask : masks) {
      for (int head : planted("dead")) {
        mask[head] = !mask[head];
      }
    }
    assertArrayEquals(before, values(masks), 0);
  }

  @Test
  void screeningNamesThePairFirst() {
    Explanation found =
        Ablate.builder()
            .game(game)
            .method("screen")
            .screenOrder(2)
            .budget(MASKS)
            .testMasks(0)
            .explain();
    List<Interaction> pairs = found.interactions().ofOrders(2, 2).values();
    assertArrayEquals(planted("pair"), pairs.get(0).features());
    assertEquals(planted.get("sign").asInt(), Math.signum(pairs.get(0).value()));
    assertTrue(
        pairs.size() == 1 || Math.abs(pairs.get(1).value()) < Math.abs(pairs.get(0).value()) / 3,
        () -> pairs.get(1) + " is not far below " + pairs.get(0));
  }
}
