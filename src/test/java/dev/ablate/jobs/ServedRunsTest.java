package dev.ablate.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.Ablate;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.io.ExplanationJson;
import dev.ablate.lens.text.Question;
import dev.ablate.lens.text.TextLens;
import dev.ablate.lens.text.Unit;
import dev.ablate.lens.text.ValueFunction;
import dev.ablate.model.ServedModel;
import dev.ablate.model.remote.Faults;
import dev.ablate.model.remote.ServerSettings;
import dev.ablate.model.remote.TestModel;
import dev.ablate.model.remote.TestServer;
import dev.ablate.run.journal.Journal;
import dev.ablate.run.journal.JournalHeader;
import dev.ablate.setting.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs against a server that fails, goes away and comes back, and runs that are killed and resumed:
 * each mask is answered once, and the spectrum is that of an undisturbed run. {@code
 * -Dablate.test.masks=10000} takes more masks where a process is killed.
 */
class ServedRunsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEXT = "a good and fine day for us, not a bad one";
  private static final String LONG = TEXT + ", or so they said";
  private static final int ANSWERED = 300;
  private static final int KILLED_MASKS = Integer.getInteger("ablate.test.masks", 600);
  private static final int KILLS = 5;
  private static final int AT_ONCE = 8;

  @TempDir private Path folder;

  private final TestServer server = TestServer.start(TestModel.standard());

  @AfterEach
  void close() {
    server.close();
  }

  private ServedModel open(Settings settings) {
    return ServedModel.open(
        server.address(), settings.with(ServerSettings.CONCURRENCY, (long) AT_ONCE));
  }

  private static Game game(ServedModel model) {
    return new TextLens(
            Unit.WORD,
            null,
            ValueFunction.ANSWER,
            new Question(List.of(" yes"), null, false, false, 1, List.of(), List.of(), null))
        .game(model, TEXT);
  }

  private static Explanation explain(Game game, Path journal, Progress progress) {
    return Ablate.builder()
        .game(game)
        .budget(ANSWERED)
        .testMasks(20)
        .journal(journal)
        .progress(progress)
        .explain();
  }

  private Explanation undisturbed() {
    try (ServedModel model = open(Settings.STANDARD)) {
      return explain(game(model), folder.resolve("undisturbed.journal"), Progress.NONE);
    }
  }

  private static void requireSame(Explanation expected, Explanation actual) throws IOException {
    assertEquals(spectrum(expected), spectrum(actual));
  }

  private static JsonNode spectrum(Explanation explanation) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExplanationJson.write(out, explanation);
    JsonNode spectrum = JSON.readTree(out.toByteArray()).path("spectrum");
    assertTrue(spectrum.size() > 1, "no spectrum");
    return spectrum;
  }

  private static int kept(Game game, Path journal) {
    try (Journal open =
        Journal.open(journal, JournalHeader.of(game), game.features(), game.outputs())) {
      return open.known().count();
    }
  }

  /** Counts masks, and does something once, when so many are done. */
  private static final class At implements Progress {
    private final int masks;
    private final Runnable action;
    private final AtomicBoolean acted = new AtomicBoolean();
    private int done;
    private volatile long actedAt;

    At(int masks, Runnable action) {
      this.masks = masks;
      this.action = action;
    }

    @Override
    public void done(long more) {
      done += (int) more;
      if (done >= masks && acted.compareAndSet(false, true)) {
        actedAt = System.nanoTime();
        action.run();
      }
    }
  }

  @Test
  void faultsChangeNothing() throws IOException {
    Explanation expected = undisturbed();
    server.failing(Faults.some(0.03, 7));
    Path journal = folder.resolve("faults.journal");
    try (ServedModel model = open(Settings.STANDARD.with(ServerSettings.RETRIES, 20L))) {
      Game game = game(model);
      At counted = new At(Integer.MAX_VALUE, () -> {});
      Explanation explanation = explain(game, journal, counted);
      requireSame(expected, explanation);
      assertEquals(explanation.outputs().get(0).fit().evaluated(), counted.done);
      assertEquals(counted.done, kept(game, journal));
      assertTrue(model.server().traffic().retries() > 10, "nothing failed");
    }
  }

  @Test
  void aServerThatGoesAndComesBackLosesNothing() throws IOException {
    Explanation expected = undisturbed();
    Path journal = folder.resolve("restart.journal");
    try (ServedModel model = open(Settings.STANDARD.with(ServerSettings.RETRIES, 20L))) {
      Game game = game(model);
      At counted =
          new At(
              ANSWERED / 2,
              () -> {
                server.stop();
                server.begin();
              });
      requireSame(expected, explain(game, journal, counted));
      assertTrue(counted.acted.get());
      assertEquals(counted.done, kept(game, journal));
    }
  }

  @Test
  void aRunThatMayAskNoMoreKeepsWhatItHasAndGoesOn() throws IOException {
    Explanation expected = undisturbed();
    Path journal = folder.resolve("most.journal");
    int kept;
    try (ServedModel model = open(Settings.STANDARD.with(ServerSettings.MAX_REQUESTS, 100L))) {
      Game game = game(model);
      String message =
          assertThrows(InputException.class, () -> explain(game, journal, Progress.NONE))
              .getMessage();
      assertTrue(message.contains("max-requests"), message);
      kept = kept(game, journal);
      assertEquals(100, model.server().traffic().requests());
      // The list of models and the trial gave no masks, but for what it may keep of them.
      assertTrue(kept >= 100 - 24 && kept < 100, kept + " kept");
    }
    try (ServedModel model = open(Settings.STANDARD)) {
      requireSame(expected, explain(game(model), journal, Progress.NONE));
      assertEquals(
          expected.outputs().get(0).fit().evaluated() - kept + 1,
          model.server().traffic().requests(),
          "the list of models, and each mask that was missing");
    }
  }

  @Test
  @Timeout(60)
  void anInterruptEndsWithinASecondAndKeepsWhatCame() throws Exception {
    Path journal = folder.resolve("interrupted.journal");
    try (ServedModel model =
        open(Settings.STANDARD.with(ServedModel.PROBE, ServedModel.Trying.NO))) {
      Game game = game(model);
      Thread asking = Thread.currentThread();
      At at =
          new At(
              40,
              () -> {
                server.delayed(20_000);
                asking.interrupt();
              });
      assertThrows(CancellationException.class, () -> explain(game, journal, at));
      long ended = System.nanoTime();
      assertTrue(Thread.interrupted());
      assertTrue(ended - at.actedAt < TimeUnit.SECONDS.toNanos(1), "later than a second");
      int kept = kept(game, journal);
      assertTrue(kept >= 40 && kept < 40 + AT_ONCE, kept + " kept");
    }
  }

  @Test
  @Timeout(600)
  void whatIsKilledFiveTimesAsksNothingTwice() throws Exception {
    server.delayed(5);
    SplittableRandom random = new SplittableRandom(KILLED_MASKS);
    Path journal = folder.resolve("killed.journal");
    Path result = folder.resolve("killed.json");
    for (int kill = 0; kill < KILLS; kill++) {
      long before = server.requests();
      Process process = start(journal, result);
      long enough = before + 30 + random.nextInt(KILLED_MASKS / (KILLS + 1));
      while (server.requests() < enough && process.isAlive()) {
        Thread.sleep(2);
      }
      assertTrue(process.isAlive(), "it ended before it was killed");
      process.destroyForcibly().waitFor();
    }
    Process last = start(journal, result);
    assertTrue(last.waitFor(5, TimeUnit.MINUTES));
    assertEquals(0, last.exitValue());
    List<Integer> repeated = server.asked().values().stream().filter(n -> n > 1).toList();
    // Four texts are tried; what is on its way when a process is killed nobody has heard.
    int most = 4 + KILLS * AT_ONCE;
    assertTrue(repeated.size() <= most, repeated.size() + " texts were asked again");
    JsonNode killed = JSON.readTree(Files.readAllBytes(result));
    assertTrue(
        killed.path("provenance").path("settings").path("journal_masks").asInt()
            >= 30 * KILLS - most,
        "too little was kept");
    Path whole = folder.resolve("whole.json");
    assertEquals(0, start(folder.resolve("whole.journal"), whole).waitFor());
    assertEquals(
        JSON.readTree(Files.readAllBytes(whole)).path("spectrum"), killed.path("spectrum"));
  }

  private Process start(Path journal, Path result) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx512m", "-cp", System.getProperty("java.class.path"), "dev.ablate.cli.Main"));
    command.addAll(List.of("explain", "--model", server.address(), "--text", LONG));
    command.addAll(List.of("--answer", " yes", "--concurrency", Integer.toString(AT_ONCE)));
    command.addAll(List.of("--budget", Integer.toString(KILLED_MASKS), "--test-masks", "0"));
    command.addAll(List.of("--method", "screen", "--backend", "host"));
    command.addAll(List.of("--resume", journal.toString(), "--json", result.toString()));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("errors").toFile()))
        .start();
  }
}
