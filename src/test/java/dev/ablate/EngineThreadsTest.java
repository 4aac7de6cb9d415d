package dev.ablate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.ablate.explanation.Explanation;
import dev.ablate.game.PlantedGame;
import dev.ablate.lens.text.TextLens;
import dev.ablate.mask.Masks;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextModel;
import dev.ablate.model.TinyModels;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whoever closes the engine is rid of its threads, whatever is still predicted afterwards. */
class EngineThreadsTest {
  /** A pool ends its threads after it was told to; so long at most. */
  private static final long MILLISECONDS = 10_000;

  private static Set<Thread> ours() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("ablate-"))
        .collect(Collectors.toSet());
  }

  private static void assertGone(Set<Thread> others) throws InterruptedException {
    Set<Thread> left = ours();
    left.removeAll(others);
    for (Thread thread : left) {
      thread.join(MILLISECONDS);
    }
    left.removeIf(thread -> !thread.isAlive());
    assertEquals(Set.of(), left);
  }

  @Test
  void noThreadOutlivesAModel() throws InterruptedException {
    Set<Thread> others = ours();
    try (Ablate engine = Ablate.open("host", 2);
        TextModel model = ModelDirectory.open(TinyModels.directory()).load(3)) {
      engine.request().game(TextLens.DEFAULT.game(model, "the film never fails")).explain();
    }
    assertGone(others);
  }

  @Test
  void noThreadOutlivesTheEngine() throws InterruptedException {
    Set<Thread> others = ours();
    PlantedGame game = PlantedGame.random(20, 5, 2, 0, 1);
    Masks masks = Masks.exhaustive(20).select(new int[] {0, 5, 4000});
    Explanation explanation;
    try (Ablate engine = Ablate.open("host", 3)) {
      explanation = engine.request().game(game).budget(300).explain();
      explanation.predict(masks);
      Set<Thread> working = ours();
      working.removeAll(others);
      assertFalse(working.isEmpty(), "an engine of three threads has started none");
    }
    double[] predicted = explanation.predict(masks);
    for (int m = 0; m < 3; m++) {
      assertEquals(game.truth().evaluate(masks)[m], predicted[m], 1e-9);
    }
    assertGone(others);
  }
}
