package dev.ablate.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Subject;
import dev.ablate.game.Values;
import dev.ablate.lens.Lens;
import dev.ablate.lens.LensKind;
import dev.ablate.lens.Lenses;
import dev.ablate.mask.Masks;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import dev.ablate.run.journal.Journal;
import dev.ablate.run.journal.JournalHeader;
import dev.ablate.run.journal.KnownValues;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many texts in one run that is killed twice at random moments and resumed: complete, equal to an
 * undisturbed run, and no mask that a journal holds is asked for again. A process of its own does
 * the work and notes every mask before it asks the model. {@code -Dablate.test.inputs=200} takes
 * more texts.
 */
class KilledBatchTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int INPUTS = Integer.getInteger("ablate.test.inputs", 16);
  private static final int KILLS = 2;
  private static final int THREADS = 2;
  private static final String WORDS =
      "the film is never dull and not quite as bad or long as hardly anybody feared but charming";

  @TempDir private Path folder;
  private Path input;

  /** A lens that notes what its games are asked, a line a mask. */
  private record Noting<M, I>(Lens<M, I> lens, FileChannel log) implements Lens<M, I> {
    @Override
    public List<Setting<?>> settings() {
      return lens.settings();
    }

    @Override
    public Map<String, String> identity(M model) {
      return lens.identity(model);
    }

    @Override
    public Game game(M model, I input) {
      return new Noted(lens.game(model, input), log);
    }
  }

  private record Noted(Game game, FileChannel log) implements Game {
    @Override
    public int features() {
      return game.features();
    }

    @Override
    public int outputs() {
      return game.outputs();
    }

    @Override
    public Subject subject() {
      return game.subject();
    }

    @Override
    public List<String> featureNames() {
      return game.featureNames();
    }

    @Override
    public List<String> outputNames() {
      return game.outputNames();
    }

    @Override
    public List<String> notes() {
      return game.notes();
    }

    @Override
    public void evaluate(Masks masks, Values out) {
      evaluate(masks, out, Progress.NONE);
    }

    @Override
    public void evaluate(Masks masks, Values out, Progress progress) {
      StringBuilder lines = new StringBuilder();
      String text = subject().input().text();
      for (int r = 0; r < masks.count(); r++) {
        lines.append(masks.hostWords()[r]).append('\t').append(text).append('\n');
      }
      try {
        // Appended in one piece, whatever runs beside it.
        log.write(ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      game.evaluate(masks, out, progress);
    }
  }

  /** Explains a file of texts; the arguments are the file and the folder of everything else. */
  public static final class Run {
    private Run() {}

    /** Prints how many were done before, and how many failed. */
    public static void main(String[] arguments) throws IOException {
      run(Lenses.INPUTS.of(Settings.STANDARD, true), Path.of(arguments[0]), Path.of(arguments[1]));
    }

    private static <M extends AutoCloseable, I> void run(
        LensKind<M, I> kind, Path input, Path place) throws IOException {
      Batch<I> batch =
          new Batch<>(Items.read(input, kind), place.resolve("out"), place.resolve("journals"));
      try (OpenModel<M> open = OpenModel.of(kind, THREADS);
          HostBackend host = new HostBackend(THREADS);
          FileChannel log =
              FileChannel.open(
                  place.resolve("notes"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        Explainer<M, I> explainer =
            new Explainer<>(
                new Noting<>(kind.lens(Settings.STANDARD), log),
                open.model(),
                Request.standard(),
                new Runner(new Backends.Choice(host, "host: in a test")));
        System.out.println("failed " + batch.explain(explainer, THREADS, new Printed<I>()));
      }
    }
  }

  private static final class Printed<I> implements Batch.Listener<I> {
    @Override
    public void done(int items) {
      System.out.println("done " + items);
    }

    @Override
    public Batch.Watch begins(Item<I> item) {
      return Batch.Watch.NONE;
    }

    @Override
    public void finished(Item<I> item, Path file, Explanation explanation) {}

    @Override
    public void failed(Item<I> item, InputException why) {
      System.err.println(why.getMessage());
    }
  }

  @Test
  @Timeout(3600)
  void whatIsKilledTwiceIsCompleteAndNothingIsAskedTwice() throws Exception {
    SplittableRandom random = new SplittableRandom(INPUTS);
    input = Files.writeString(folder.resolve("texts.jsonl"), texts(random));
    Path whole = Files.createDirectory(folder.resolve("whole"));
    assertEquals("failed 0", run(whole).strip());
    assertTrue(files(whole).stream().noneMatch(KilledBatchTest::isLeftover), "left over");
    List<String> all = notes(whole);
    assertEquals(all.size(), Set.copyOf(all).size(), "an undisturbed run asks once");

    Path killed = Files.createDirectory(folder.resolve("killed"));
    int noted = 0;
    Set<String> known = Set.of();
    for (int k = 1; k <= KILLS; k++) {
      // Somewhere in this third of the work.
      double part = (k - 0.5 + 0.5 * random.nextDouble()) / (KILLS + 1);
      kill(killed, (long) (Files.size(whole.resolve("notes")) * part));
      requireNotAsked(killed, noted, known);
      noted = notes(killed).size();
      known = journalled(killed);
      assertTrue(known.size() < all.size(), "it was killed before its end");
    }
    String told = run(killed);
    requireNotAsked(killed, noted, known);
    assertTrue(told.contains("failed 0"), told);
    int passedOver = Integer.parseInt(told.replaceAll("(?s).*done (\\d+).*", "$1"));
    assertTrue(passedOver > 0, told);
    assertEquals(Set.copyOf(all), Set.copyOf(notes(killed)));
    assertEquals(Set.copyOf(all), journalled(killed));
    int again = notes(killed).size() - all.size();
    assertTrue(again <= KILLS * THREADS * Journal.MOST_AT_ONCE, again + " were in flight");
    requireEqual(results(whole), results(killed));
    System.out.printf(
        "%d texts, %d masks; killed %d times: %d results passed over at the end, %d masks were in"
            + " flight when it was killed and are asked again, none that a journal holds%n",
        INPUTS, all.size(), KILLS, passedOver, again);
  }

  private static String texts(SplittableRandom random) {
    String[] words = WORDS.split(" ");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < INPUTS; i++) {
      lines.append("{\"text\": \"").append(i);
      for (int w = 4 + random.nextInt(7); w > 0; w--) {
        lines.append(' ').append(words[random.nextInt(words.length)]);
      }
      lines.append("\"}\n");
    }
    return lines.toString();
  }

  private Process start(Path place) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Run.class.getName(),
            input.toString(),
            place.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private String run(Path place) throws Exception {
    Process process = start(place);
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), told);
    return told;
  }

  /** Kills a run once the notes of all of its runs are so long. */
  private void kill(Path place, long bytes) throws Exception {
    Path notes = place.resolve("notes");
    Process process = start(place);
    try {
      while (!Files.exists(notes) || Files.size(notes) < bytes) {
        assertTrue(process.isAlive(), "it ended by itself");
        Thread.sleep(5);
      }
    } finally {
      process.destroyForcibly();
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    }
  }

  private static List<String> notes(Path place) throws IOException {
    Path notes = place.resolve("notes");
    return Files.exists(notes) ? Files.readAllLines(notes) : List.of();
  }

  /** No mask that the journals held when a run began was asked for by it. */
  private static void requireNotAsked(Path place, int before, Set<String> known)
      throws IOException {
    List<String> notes = notes(place);
    for (String asked : notes.subList(before, notes.size())) {
      assertFalse(known.contains(asked), asked + " is asked for again");
    }
  }

  private Set<String> journalled(Path place) throws IOException {
    return journalled(Lenses.INPUTS.of(Settings.STANDARD, true), place);
  }

  /** The noted masks that journals hold; copies are read, because opening one mends it. */
  private <M extends AutoCloseable, I> Set<String> journalled(LensKind<M, I> kind, Path place)
      throws IOException {
    Map<String, Set<String>> asked = new HashMap<>();
    notes(place).forEach(n -> asked.computeIfAbsent(n.split("\t")[1], t -> new HashSet<>()).add(n));
    Set<String> held = new HashSet<>();
    try (OpenModel<M> open = OpenModel.of(kind, 1)) {
      for (Item<I> item : Items.read(input, kind)) {
        Path journal = place.resolve("journals/" + item.id() + ".journal");
        if (Files.exists(journal)) {
          Path copy = Files.copy(journal, Files.createTempDirectory(folder, "c").resolve("j"));
          Game game = kind.lens(Settings.STANDARD).game(open.model(), item.input());
          Set<String> own = asked.getOrDefault(game.subject().input().text(), Set.of());
          try (Journal opened = Journal.open(copy, JournalHeader.of(game), game.features(), 1)) {
            KnownValues known = opened.known();
            int before = held.size();
            for (String mask : own) {
              if (known.find(new long[] {Long.parseLong(mask.split("\t")[0])}, 0) >= 0) {
                held.add(mask);
              }
            }
            assertEquals(known.count(), held.size() - before, "masks that nobody asked for");
          }
        }
      }
    }
    return held;
  }

  /** What a writer leaves that is killed at work; a later one takes it away when it is old. */
  private static boolean isLeftover(Path file) {
    return file.getFileName().toString().matches("[.]ablate-.*[.]tmp");
  }

  private static List<Path> files(Path place) throws IOException {
    try (Stream<Path> files = Files.list(place.resolve("out"))) {
      return files.toList();
    }
  }

  /** Files and lines by name, without times; what was evaluated and what a journal had as one. */
  private static Map<String, JsonNode> results(Path place) throws IOException {
    Map<String, JsonNode> results = new TreeMap<>();
    for (Path file : files(place)) {
      if (!isLeftover(file)) {
        String name = file.getFileName().toString();
        if (name.equals("summary.jsonl")) {
          for (String line : Files.readAllLines(file)) {
            ObjectNode json = (ObjectNode) JSON.readTree(line);
            json.remove(List.of("seconds", "file_sha256"));
            int known = json.remove("journal_masks").intValue();
            json.put("evaluated", json.get("evaluated").intValue() + known);
            assertEquals(null, results.put("line of " + json.get("id"), json));
          }
        } else {
          ObjectNode json = (ObjectNode) JSON.readTree(file.toFile());
          ObjectNode fit = (ObjectNode) json.get("fit");
          fit.remove("seconds");
          ObjectNode settings = (ObjectNode) json.at("/provenance/settings");
          int known = settings.remove("journal_masks").intValue();
          fit.put("evaluated", fit.get("evaluated").intValue() + known);
          results.put(name, json);
        }
      }
    }
    return results;
  }

  private static void requireEqual(Map<String, JsonNode> whole, Map<String, JsonNode> killed) {
    assertEquals(2 * INPUTS, whole.size());
    assertEquals(whole.keySet(), killed.keySet());
    whole.forEach((name, json) -> assertEquals(json, killed.get(name), name));
  }
}
