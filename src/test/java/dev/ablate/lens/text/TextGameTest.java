package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.Serving;
import dev.ablate.model.TextModel;
import dev.ablate.model.TinyModels;
import dev.ablate.model.onnx.Provider;
import dev.ablate.run.journal.Journal;
import dev.ablate.run.journal.JournalHeader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TextGameTest {
  private static final String TEXT = "Her acting never fails to impress, isn't it good?";

  private TextModel model;

  @BeforeEach
  void open() {
    model = ModelDirectory.open(TinyModels.directory()).load(2);
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static TextLens lens(Ablation ablation) {
    return new TextLens(
        Unit.WORD, ablation, ValueFunction.LOG_ODDS, List.of("positive"), List.of());
  }

  private static double[] evaluate(TextGame game, Masks masks) {
    Values values = Values.zeros(masks.count(), game.outputs());
    game.evaluate(masks, values);
    return values.column(0);
  }

  @ParameterizedTest
  @EnumSource(Ablation.class)
  void aMaskHasTheSameValueAloneAndAmongOthers(Ablation ablation) {
    TextGame game = lens(ablation).game(model, TEXT);
    Masks masks = Masks.exhaustive(game.features());
    double[] together = evaluate(game, masks);
    for (int m = 0; m < masks.count(); m += 7) {
      assertEquals(together[m], evaluate(game, masks.range(m, m + 1))[0], 1e-5);
    }
  }

  /** The digits of a device are its own. */
  @ParameterizedTest
  @EnumSource(Serving.Asked.class)
  void aJournalIsOfTheProviderWhoseValuesItHas(Serving.Asked asked, @TempDir Path folder) {
    Path file = folder.resolve("run.journal");
    TextGame here = lens(Ablation.MASK).game(model, TEXT);
    Journal.open(file, JournalHeader.of(here), here.features(), 1).close();
    try (TextModel served =
        ModelDirectory.open(TinyModels.directory())
            .load(2, new Serving(Provider.CPU, asked, null))) {
      TextGame game = lens(Ablation.MASK).game(served, TEXT);
      JournalHeader header = JournalHeader.of(game);
      if (asked == Serving.Asked.AUTO || asked == Serving.Asked.CPU) {
        Journal.open(file, header, game.features(), 1).close();
        return;
      }
      InputException refused =
          assertThrows(InputException.class, () -> Journal.open(file, header, game.features(), 1));
      assertTrue(
          refused.getMessage().contains("another provider (none, this run has \"" + asked + "\")"),
          refused.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(Ablation.class)
  void theNumberOfThreadsChangesNoBit(Ablation ablation) {
    Masks masks = Masks.exhaustive(9);
    double[] two = evaluate(lens(ablation).game(model, TEXT), masks);
    try (TextModel alone = ModelDirectory.open(TinyModels.directory()).load(1)) {
      assertArrayEquals(two, evaluate(lens(ablation).game(alone, TEXT), masks), 0.0);
    }
  }

  @Test
  void severalThreadsMayEvaluateSeveralGames() throws ExecutionException, InterruptedException {
    TextGame mask = lens(Ablation.MASK).game(model, TEXT);
    TextGame remove = lens(Ablation.REMOVE).game(model, "never fails to impress");
    double[] masked = evaluate(mask, Masks.exhaustive(9));
    double[] removed = evaluate(remove, Masks.exhaustive(4));
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> runs = new ArrayList<>();
      for (int run = 0; run < 20; run++) {
        runs.add(
            pool.submit(
                () -> assertArrayEquals(masked, evaluate(mask, Masks.exhaustive(9)), 1e-5)));
        runs.add(
            pool.submit(
                () -> assertArrayEquals(removed, evaluate(remove, Masks.exhaustive(4)), 1e-5)));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void tellsHowFarItIs() {
    TextGame game = lens(Ablation.REMOVE).game(model, TEXT);
    Masks masks = Masks.exhaustive(9);
    List<Long> steps = new ArrayList<>();
    game.evaluate(masks, Values.zeros(512, 1), steps::add);
    assertTrue(steps.size() > 1, "one step a batch");
    assertEquals(512, steps.stream().mapToLong(Long::longValue).sum());
  }

  @Test
  void endsSoonAfterAnInterrupt() {
    TextGame game = lens(Ablation.MASK).game(model, TEXT + " " + TEXT);
    Masks masks = Masks.exhaustive(18).range(0, 200_000);
    AtomicLong done = new AtomicLong();
    Thread caller = Thread.currentThread();
    Progress interrupting =
        more -> {
          done.addAndGet(more);
          caller.interrupt();
          // The tiny model is faster than a thread wakes up; give the caller its chance.
          LockSupport.parkNanos(1_000_000);
        };
    assertThrows(
        CancellationException.class,
        () -> game.evaluate(masks, Values.zeros(200_000, 1), interrupting));
    assertTrue(Thread.interrupted(), "the interrupt stays visible");
    assertTrue(done.get() < 2_000, () -> done + " masks were still evaluated");
  }

  @Test
  void namesTheMaskThatGivesNoNumber() {
    TextGame game = lens(Ablation.MASK).game(model, "Her overflow never fails to impress");
    Masks masks =
        Masks.of(
            new boolean[][] {
              {true, false, true, true, false, true}, {true, true, false, true, true, true}
            });
    InputException e =
        assertThrows(InputException.class, () -> game.evaluate(masks, Values.zeros(2, 1)));
    assertTrue(
        e.getMessage()
            .contains(
                "gives negative the logit Infinity on the mask that keeps the features 0-1,3-5 of"
                    + " 0-5"),
        e.getMessage());
    assertTrue(Double.isFinite(evaluate(game, masks.range(0, 1))[0]));
  }

  @Test
  void refusesMasksOfAnotherShape() {
    TextGame game = lens(Ablation.MASK).game(model, TEXT);
    assertThrows(
        IllegalArgumentException.class, () -> game.evaluate(Masks.none(2, 8), Values.zeros(2, 1)));
    assertThrows(
        IllegalArgumentException.class, () -> game.evaluate(Masks.none(2, 9), Values.zeros(3, 1)));
  }

  @Test
  void noMasksAreFine() {
    TextGame game = lens(Ablation.MASK).game(model, TEXT);
    game.evaluate(Masks.none(0, 9), Values.zeros(0, 1));
    assertEquals(9, game.features());
  }
}
