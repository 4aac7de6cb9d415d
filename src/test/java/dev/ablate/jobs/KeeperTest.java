package dev.ablate.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.game.Budget;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.io.DesignJson;
import dev.ablate.io.MaskFile;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Design;
import dev.ablate.mask.Masks;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.solve.Method;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever fails once masks are evaluated, their values are in files. */
class KeeperTest {
  private static final HostBackend HOST = new HostBackend(1);
  private static final int FEATURES = 12;

  private final Runner runner = new Runner(new Backends.Choice(HOST, "host: in a test"));

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    HOST.close();
  }

  /** A game of two outputs that notes what it is asked and fails after everything is solved. */
  private static final class Noted implements Game {
    final Map<String, double[]> paid = new HashMap<>();
    private final Runnable end;

    Noted(Runnable end) {
      this.end = end;
    }

    @Override
    public int features() {
      return FEATURES;
    }

    @Override
    public int outputs() {
      return 2;
    }

    @Override
    public List<String> featureNames() {
      if (!paid.isEmpty()) {
        end.run();
      }
      return Game.super.featureNames();
    }

    @Override
    public void evaluate(Masks masks, Values out) {
      for (int r = 0; r < masks.count(); r++) {
        out.set(r, 0, value(masks.row(r)));
        out.set(r, 1, -3 * out.get(r, 0));
        paid.put(Arrays.toString(masks.row(r)), new double[] {out.get(r, 0), out.get(r, 1)});
      }
    }
  }

  private static double value(boolean[] mask) {
    return (mask[0] ? 1 : 0) + (mask[1] && mask[2] ? Math.PI : 0) + (mask[11] ? 0.125 : 0);
  }

  private static <E extends RuntimeException> Runnable failing(Supplier<E> failure) {
    return () -> {
      throw failure.get();
    };
  }

  private static Request request(String method, int budget) {
    return Request.standard().withMethod(Method.parse(method)).withBudget(new Budget(budget));
  }

  private KeptException keptOf(Noted game, Request request) {
    Keeper keeper = new Keeper(List.of(folder), "kept", request.settings(), where -> {});
    return assertThrows(
        KeptException.class,
        () -> keeper.during(kept -> runner.explain(game, request, Progress.NONE, kept)));
  }

  /** All values of the files of a folder, by mask. */
  private static Map<String, double[]> read(Path kept) throws IOException {
    Map<String, double[]> all = new HashMap<>();
    for (String pair : List.of("", "test-", "end-")) {
      if (Files.exists(kept.resolve(pair + "masks.npy"))) {
        Masks masks = MaskFile.read(kept.resolve(pair + "masks.npy"));
        Values values = ValueFile.read(kept.resolve(pair + "values.npy"));
        for (int r = 0; r < masks.count(); r++) {
          all.put(Arrays.toString(masks.row(r)), new double[] {values.get(r, 0), values.get(r, 1)});
        }
      }
    }
    return all;
  }

  private static void assertAll(Map<String, double[]> paid, Map<String, double[]> kept) {
    assertEquals(paid.keySet(), kept.keySet());
    paid.forEach((mask, values) -> assertArrayEquals(values, kept.get(mask), mask));
  }

  static Stream<Runnable> failures() {
    return Stream.of(
        failing(IllegalStateException::new),
        failing(() -> new CancellationException("interrupted")),
        () -> {
          throw new OutOfMemoryError("as a solver may run into");
        },
        () -> {
          throw new StackOverflowError();
        });
  }

  @ParameterizedTest
  @MethodSource("failures")
  void everyFailureKeepsEveryMask(Runnable failure) throws IOException {
    Noted game = new Noted(failure);
    KeptException kept = keptOf(game, request("proxyspex", 300));
    assertAll(game.paid, read(folder.resolve("kept")));
    assertTrue(game.paid.size() >= 500, game.paid.size() + " masks");
    Throwable cause = assertThrows(Throwable.class, failure::run);
    assertSame(cause.getClass(), kept.getCause().getClass());
    assertTrue(kept.getMessage().contains(folder.resolve("kept").toString()), kept.getMessage());
    assertTrue(kept.getMessage().contains("method proxyspex"), kept.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"spex", "gp", "exact", "screen", "auto"})
  void theDesignIsKeptWithTheMasks(String method) throws IOException {
    Noted game = new Noted(failing(IllegalStateException::new));
    keptOf(game, request(method, Map.of("exact", 4096, "spex", 2000).getOrDefault(method, 100)));
    Path kept = folder.resolve("kept");
    assertAll(game.paid, read(kept));
    Design design = DesignJson.read(kept.resolve("design.json"));
    assertEquals(design.masks(), MaskFile.read(kept.resolve("masks.npy")).count());
    assertEquals(
        Map.of("spex", "coded", "exact", "exhaustive").getOrDefault(method, "paired-uniform"),
        design.kind());
  }

  @Test
  void roundsKeepWhatAllOfThemEvaluated() throws IOException {
    Noted game = new Noted(failing(IllegalStateException::new));
    keptOf(game, Request.standard().withTargetR2(0.999999).withTestMasks(50));
    assertAll(game.paid, read(folder.resolve("kept")));
  }

  /** The model gives NaN for one mask: the others are paid for all the same. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anEvaluationThatBreaksOffKeepsWhatIsSound(boolean inRounds) throws IOException {
    Map<String, double[]> paid = new HashMap<>();
    Game game =
        new Game() {
          @Override
          public int features() {
            return FEATURES;
          }

          @Override
          public int outputs() {
            return 2;
          }

          @Override
          public void evaluate(Masks masks, Values out) {
            for (int r = 0; r < masks.count(); r++) {
              boolean[] row = masks.row(r);
              boolean bad = paid.size() >= 260 && row[0] && row[1] && row[2] && row[3];
              out.set(r, 0, value(row));
              out.set(r, 1, bad ? Double.NaN : 1);
              if (!bad) {
                paid.put(Arrays.toString(row), new double[] {value(row), 1});
              }
            }
          }
        };
    Request request =
        request("proxyspex", 300)
            .withTargetR2(inRounds ? Double.valueOf(0.9) : null)
            .withTestMasks(400);
    Keeper keeper = new Keeper(List.of(folder), "kept", request.settings(), where -> {});
    KeptException kept =
        assertThrows(
            KeptException.class,
            () -> keeper.during(k -> runner.explain(game, request, Progress.NONE, k)));
    assertTrue(kept.ofInput().getMessage().contains("NaN"), kept.ofInput().getMessage());
    assertAll(paid, read(folder.resolve("kept")));
  }

  @Test
  void nothingThatIsThereIsWrittenOver() throws IOException {
    Path mine = Files.createDirectory(folder.resolve("kept"));
    Files.writeString(mine.resolve("masks.npy"), "mine");
    Files.writeString(folder.resolve("kept-2"), "mine too");
    Noted game = new Noted(failing(IllegalStateException::new));
    KeptException kept = keptOf(game, request("screen", 100));
    assertAll(game.paid, read(folder.resolve("kept-3")));
    assertTrue(kept.getMessage().contains("kept-3"), kept.getMessage());
    assertEquals("mine", Files.readString(mine.resolve("masks.npy")));
    assertEquals("mine too", Files.readString(folder.resolve("kept-2")));
  }

  @Test
  void whereTheFirstFolderCannotBeWrittenTheNextOneIs() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    Noted game = new Noted(failing(IllegalStateException::new));
    Request request = request("screen", 100);
    Keeper keeper =
        new Keeper(List.of(file.resolve("below"), folder), "kept", request.settings(), where -> {});
    assertThrows(
        KeptException.class,
        () -> keeper.during(kept -> runner.explain(game, request, Progress.NONE, kept)));
    assertAll(game.paid, read(folder.resolve("kept")));
  }

  @Test
  void aJournalNeedsNoKeeper() throws IOException {
    Noted game = new Noted(failing(IllegalStateException::new));
    Request request = request("screen", 100).withJournal(folder.resolve("journal"));
    Keeper keeper = new Keeper(List.of(folder), "kept", request.settings(), where -> {});
    assertThrows(
        IllegalStateException.class,
        () -> keeper.during(kept -> runner.explain(game, request, Progress.NONE, kept)));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(folder.resolve("journal")), files.toList());
    }
  }

  /** A run whose solver does not end. */
  public static final class Endless {
    private Endless() {}

    /** Prints a line once masks are evaluated; the argument is where to keep them. */
    public static void main(String[] arguments) {
      Noted game =
          new Noted(
              () -> {
                System.out.println("solving");
                while (true) {
                  Thread.onSpinWait();
                }
              });
      Request request = request("screen", 100);
      Keeper keeper =
          new Keeper(
              List.of(Path.of(arguments[0])), "kept", request.settings(), System.out::println);
      Runner runner = new Runner(new Backends.Choice(new HostBackend(1), "host: in a test"));
      keeper.during(kept -> runner.explain(game, request, Progress.NONE, kept));
    }
  }

  /** A run whose game stands after some masks that it told. */
  public static final class Halfway {
    static final int TOLD = 20;

    private Halfway() {}

    /** Prints a line once some masks are evaluated; the argument is where to keep them. */
    public static void main(String[] arguments) {
      Game game =
          new Game() {
            @Override
            public int features() {
              return FEATURES;
            }

            @Override
            public int outputs() {
              return 2;
            }

            @Override
            public boolean tellsRows() {
              return true;
            }

            @Override
            public void evaluate(Masks masks, Values out) {
              throw new IllegalStateException("without progress");
            }

            @Override
            public void evaluate(Masks masks, Values out, Progress progress) {
              for (int r = 0; r < TOLD; r++) {
                out.set(r, 0, value(masks.row(r)));
                out.set(r, 1, -3 * out.get(r, 0));
                progress.finished(r);
              }
              System.out.println("evaluating");
              try {
                Thread.sleep(60_000);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
              }
            }
          };
      Request request = request("screen", 100);
      Keeper keeper =
          new Keeper(
              List.of(Path.of(arguments[0])), "kept", request.settings(), System.out::println);
      Runner runner = new Runner(new Backends.Choice(new HostBackend(1), "host: in a test"));
      keeper.during(kept -> runner.explain(game, request, Progress.NONE, kept));
    }
  }

  @Test
  void aProcessThatIsToldToEndKeepsItsMasks() throws Exception {
    String told = toldToEnd(Endless.class, "solving");
    assertTrue(told.startsWith("300 evaluated masks are kept in " + folder), told);
    Map<String, double[]> kept = read(folder.resolve("kept"));
    assertTrue(kept.size() >= 300, kept.size() + " masks");
    kept.values().forEach(values -> assertEquals(-3 * values[0], values[1]));
  }

  @Test
  void aProcessThatIsToldToEndKeepsWhatItsGameTold() throws Exception {
    String told = toldToEnd(Halfway.class, "evaluating");
    assertTrue(told.startsWith(Halfway.TOLD + " evaluated masks are kept in " + folder), told);
    Map<String, double[]> kept = read(folder.resolve("kept"));
    assertEquals(Halfway.TOLD, kept.size());
    kept.values().forEach(values -> assertEquals(-3 * values[0], values[1]));
  }

  /** The line after which the process of a program ends that was told to end after another one. */
  private String toldToEnd(Class<?> program, String ready) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    try {
      assertEquals(ready, lines.readLine());
      // Unlike the process, its handle leaves the streams open.
      process.toHandle().destroy();
      String told = lines.readLine();
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
      return String.valueOf(told);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aRunThatEndsWellLeavesNothing() throws IOException {
    List<String> told = new ArrayList<>();
    Keeper keeper = new Keeper(List.of(folder), "kept", Request.standard().settings(), told::add);
    keeper.during(
        kept -> runner.explain(new Noted(() -> {}), request("screen", 100), Progress.NONE, kept));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
    assertEquals(List.of(), told);
  }
}
