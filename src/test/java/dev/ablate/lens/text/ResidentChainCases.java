package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.Traffic;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.DeviceListing;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.backend.kernel.Tuning;
import dev.ablate.backend.kernel.cuda.CudaDevice;
import dev.ablate.backend.kernel.cuda.HostFunctions;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.game.Budget;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.CudaStubNetwork;
import dev.ablate.model.CudaStubNetwork.Forgotten;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentNetwork.Per;
import dev.ablate.model.StubFunction;
import dev.ablate.model.StubModels;
import dev.ablate.model.TextModel;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.run.journal.Journal;
import dev.ablate.run.journal.JournalHeader;
import dev.ablate.solve.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * From masks to values without leaving a device, which FakeCudaTest gives: kernels in one stream, a
 * stub of a model in another one.
 */
class ResidentChainCases {
  private static final int VOCABULARY = 36;
  private static final StubFunction LABELS = new StubFunction(2, -1);
  private static final StubFunction WORDS = new StubFunction(VOCABULARY, -1);
  private static final Layout ROWS = StubModels.layout(Per.ROW, 2);
  private static final String TEXT =
      "her acting never fails to impress , it was good and the movie was not bad !";

  @TempDir private Path folder;
  private CudaDevice device;
  private KernelBackend backend;

  @BeforeEach
  void open() {
    DeviceListing.Candidate first = Backends.devices().get(0).devices().get(0);
    assertTrue(first.name().startsWith("Fake"), first.name());
    device = (CudaDevice) first.open().get();
    backend = new KernelBackend(device, Tuning.forDevice(device));
  }

  @AfterEach
  void close() {
    assertEquals(0, device.allocated());
    backend.close();
    HostFunctions.check();
  }

  private CudaStubNetwork network(Layout layout, StubFunction function, Forgotten forgotten) {
    return new CudaStubNetwork(backend, device, layout, function, forgotten);
  }

  private Masks masks(int features, int count) {
    return new Masks(backend.sampling().uniform(7, 1, 0, count, features), count, features);
  }

  private static TextLens labels() {
    return new TextLens(
        Unit.WORD, Ablation.REMOVE, null, List.of("negative", "positive"), List.of());
  }

  /** Values on the host, by a model of the host. */
  private static double[] expected(Game game, Masks masks) {
    Values values = Values.zeros(masks.count(), game.outputs());
    game.evaluate(new Masks(masks.buffer().toHost(), masks.count(), masks.features()), values);
    return values.hostDoubles();
  }

  private void assertSame(
      BiFunction<StubFunction, dev.ablate.model.ResidentNetwork, TextModel> opening,
      StubFunction function,
      CudaStubNetwork network,
      TextLens lens) {
    try (TextModel here = opening.apply(function, null);
        TextModel there = opening.apply(function, network);
        network) {
      Game game = lens.game(there, TEXT);
      assertTrue(game.accepts(backend));
      try (Masks masks = masks(game.features(), 900);
          Values values = game.evaluate(masks, backend, Progress.NONE)) {
        assertArrayEquals(expected(lens.game(here, TEXT), masks), values.hostDoubles(), 1e-5);
      }
    }
  }

  @Test
  void labelsAreThoseOfTheHost() {
    assertSame(StubModels::classifier, LABELS, network(ROWS, LABELS, Forgotten.NOTHING), labels());
  }

  @Test
  void answersAreThoseOfTheHost() {
    TextLens lens =
        new TextLens(
            Unit.WORD,
            Ablation.REMOVE,
            ValueFunction.ANSWER,
            Question.STANDARD.with(List.of("good", "never fails", "bad"), "not"));
    Layout layout = StubModels.layout(Per.ASKED, VOCABULARY);
    assertSame(StubModels::languageModel, WORDS, network(layout, WORDS, Forgotten.NOTHING), lens);
  }

  /** Which of the driver's schedules shows what is forgotten. */
  private static boolean shows(Forgotten forgotten) {
    return switch (forgotten) {
      case NOTHING -> false;
      case KERNELS_GIVE, STREAM_TAKES -> isEarly();
      case STREAM_GIVES, KERNELS_TAKE -> !isEarly();
    };
  }

  private static boolean isEarly() {
    return "early".equals(System.getenv("FAKECUDA_SCHEDULE"));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
  void droppedEventShows(Forgotten forgotten) {
    if (!shows(forgotten)) {
      return;
    }
    TextLens lens = labels();
    try (CudaStubNetwork network = network(ROWS, LABELS, forgotten);
        TextModel here = StubModels.classifier(LABELS, null);
        TextModel there = StubModels.classifier(LABELS, network)) {
      Game game = lens.game(there, TEXT);
      try (Masks masks = masks(game.features(), 900)) {
        double[] expected = expected(lens.game(here, TEXT), masks);
        try (Values values = game.evaluate(masks, backend, Progress.NONE)) {
          assertFalse(Arrays.equals(expected, 0, 900, values.hostDoubles(), 0, 900), "hidden");
        } catch (RuntimeException e) {
          // Noise may be no number.
        }
      }
    }
    try {
      HostFunctions.check();
    } catch (AssertionError e) {
      // The stub met noise in the place of tokens.
    }
  }

  /** Measured: 454 bytes beside the values, for lengths of rows and what tells bad ones. */
  @Test
  void hundredThousandMasksMoveLittleButTheirValues() {
    int count = 100_000;
    try (CudaStubNetwork network = network(ROWS, LABELS, Forgotten.NOTHING);
        TextModel there = StubModels.classifier(LABELS, network)) {
      Game game =
          new TextLens(Unit.WORD, Ablation.REMOVE, null, List.of("positive"), List.of())
              .game(there, TEXT);
      Traffic before = backend.traffic();
      try (Masks masks = masks(game.features(), count);
          Values values = game.evaluate(masks, backend, Progress.NONE)) {
        assertEquals(count, values.hostDoubles().length);
      }
      Traffic moved = backend.traffic().since(before);
      long beside = moved.toDevice() + moved.toHost() - (long) Double.BYTES * count;
      assertTrue(beside <= 2_000, beside + " bytes beside values");
    }
  }

  @Test
  void journalLosesNoMoreThanTheBatchesUnderWay() {
    Path file = folder.resolve("journal");
    try (CudaStubNetwork network = network(ROWS, LABELS, Forgotten.NOTHING);
        TextModel there = StubModels.classifier(LABELS, network)) {
      Game game = labels().game(there, TEXT);
      long[] done = new long[1];
      Progress stopping =
          more -> {
            done[0] += more;
            if (done[0] == 3000) {
              Thread.currentThread().interrupt();
            }
          };
      assertThrows(
          CancellationException.class,
          () ->
              new Runner(new Backends.Choice(backend, "in a test"))
                  .explain(
                      game,
                      Request.standard()
                          .withBudget(new Budget(6000))
                          .withTestMasks(0)
                          .withJournal(file),
                      stopping));
      assertTrue(Thread.interrupted());
      int[] rows = network.runs().stream().mapToInt(run -> run[0]).toArray();
      try (Journal journal =
          Journal.open(file, JournalHeader.of(game), game.features(), game.outputs())) {
        int known = journal.known().count();
        assertTrue(known >= 2999, known + " are known");
        // The last row of a batch may have been told, and the batches behind it not.
        int underWay = Arrays.stream(rows).skip(Math.max(0, rows.length - 3)).sum();
        assertTrue(
            known >= Arrays.stream(rows).sum() - underWay, known + " of " + Arrays.toString(rows));
      }
    }
  }

  private Explanation explain(Backend where, Game game, Request request) {
    return new Runner(new Backends.Choice(where, "in a test"))
        .explain(game, request, Progress.NONE);
  }

  /**
   * Rounds, held-out masks and masks that are asked for after the fit, in one of the schedules:
   * they take long, and the way of a batch is tried in both.
   */
  @Test
  void roundsAndVerificationAreThoseOfTheHost() {
    if (isEarly()) {
      return;
    }
    Request request =
        Request.standard()
            .withMethod(Method.SCREEN)
            .withBudget(new Budget(900))
            .withTestMasks(200)
            .withVerify(5);
    try (HostBackend host = new HostBackend(1);
        CudaStubNetwork network = network(ROWS, LABELS, Forgotten.NOTHING);
        TextModel here = StubModels.classifier(LABELS, null);
        TextModel there = StubModels.classifier(LABELS, network)) {
      for (Request each : List.of(request, request.withTargetR2(0.999))) {
        Output expected = explain(host, labels().game(here, TEXT), each).outputs().get(0);
        Explanation found = explain(backend, labels().game(there, TEXT), each);
        Output output = found.outputs().get(0);
        assertEquals(expected.fit().r2(), output.fit().r2(), 1e-5);
        assertEquals(expected.fit().r2Masks(), output.fit().r2Masks());
        assertEquals(expected.fit().masks(), output.fit().masks());
        assertEquals(
            expected.verification().correlation(), output.verification().correlation(), 1e-5);
        assertTrue(found.provenance().report().lens().containsKey("texts"));
      }
    }
  }

  /** Also where an evaluation fails before it has run anything. */
  @Test
  void memoryGoesBackWhereAFrontFails() {
    Layout layout = StubModels.layout(Per.ASKED, VOCABULARY);
    CudaStubNetwork network =
        new CudaStubNetwork(backend, device, layout, WORDS, Forgotten.NOTHING) {
          @Override
          public Prefix prefix(int[] tokens) {
            throw new InputException("no front");
          }
        };
    TextLens lens =
        new TextLens(
            Unit.WORD,
            Ablation.REMOVE,
            ValueFunction.ANSWER,
            List.of(),
            List.of("0", "1", "2"),
            null,
            Question.STANDARD.with(List.of("good"), null),
            null);
    long before = device.allocated();
    try (network;
        TextModel there = StubModels.languageModel(WORDS, network)) {
      Game game = lens.game(there, TEXT);
      try (Masks masks = masks(game.features(), 300)) {
        InputException e =
            assertThrows(InputException.class, () -> game.evaluate(masks, backend, Progress.NONE));
        assertEquals("no front", e.getMessage());
      }
      assertEquals(before, device.allocated());
    }
  }

  @Test
  void memoryGoesBack() {
    long before = device.allocated();
    try (CudaStubNetwork network = network(ROWS, LABELS, Forgotten.NOTHING);
        TextModel there = StubModels.classifier(LABELS, network)) {
      Game game = labels().game(there, TEXT);
      try (Masks masks = masks(game.features(), 300);
          Values values = game.evaluate(masks, backend, Progress.NONE);
          Buffer copy = backend.upload(values.buffer())) {
        assertEquals(600, copy.length());
      }
    }
    assertEquals(before, device.allocated());
  }
}
