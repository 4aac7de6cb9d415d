package dev.ablate.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Budget;
import dev.ablate.io.ExplanationJson;
import dev.ablate.io.SummaryFile;
import dev.ablate.run.Request;
import dev.ablate.run.RunSettings;
import dev.ablate.solve.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code summary.jsonl} says, and what a run with journals need not do again. */
class SummaryTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private Path summary;
  private Path journals;
  private final List<Integer> asked = new ArrayList<>();

  @BeforeEach
  void places() {
    summary = folder.resolve("out/summary.jsonl");
    journals = folder.resolve("journals");
  }

  /** Notes what begins, and calls settings flags. */
  private static final class Noted implements Batch.Listener<Integer> {
    private final List<String> begun = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();
    private int passedOver;

    @Override
    public void done(int items) {
      passedOver = items;
    }

    @Override
    public Batch.Watch begins(Item<Integer> item) {
      begun.add(item.id());
      return Batch.Watch.NONE;
    }

    @Override
    public void finished(Item<Integer> item, Path file, Explanation explanation) {}

    @Override
    public void failed(Item<Integer> item, InputException why) {
      failed.add(why.message(this::setting));
    }

    @Override
    public String setting(String name) {
      return "--" + name;
    }
  }

  private static List<Item<Integer>> items() {
    return List.of(Sums.item("a", 3, 1), Sums.item("none", 0, 2), Sums.item("b", 2, 4));
  }

  private Noted run(List<Item<Integer>> items, Path resumed, double factor, Request request) {
    Noted noted = new Noted();
    new Batch<>(items, folder.resolve("out"), resumed)
        .explain(Sums.explainer(new Sums(asked::add), factor, request), 1, noted);
    return noted;
  }

  private Noted run(Path resumed) {
    return run(items(), resumed, 2, Request.standard());
  }

  private Map<String, JsonNode> lines() throws IOException {
    Map<String, JsonNode> lines = new TreeMap<>();
    for (String line : Files.readAllLines(summary)) {
      JsonNode node = JSON.readTree(line);
      assertEquals("ablate-summary/1", node.get("format").textValue());
      assertEquals(null, lines.put(node.get("id").textValue(), node), "one line an input");
    }
    return lines;
  }

  @Test
  void aLineSaysWhatAFileHolds() throws Exception {
    run(null);
    assertEquals(List.of("a", "b", "none"), List.copyOf(lines().keySet()));
    JsonNode line = lines().get("a");
    Path file = folder.resolve("out/a.json");
    Explanation read = ExplanationJson.read(file);
    assertEquals(1, line.get("line").intValue());
    assertEquals("a.json", line.get("file").textValue());
    assertEquals(3, line.get("features").intValue());
    assertEquals(JSON.readTree("[\"output 0\"]"), line.get("outputs"));
    assertEquals(1, line.get("r2").doubleValue());
    assertEquals("exact", line.get("r2_kind").textValue());
    assertEquals(0, line.get("top").size(), "a sum has no interaction of two features");
    assertEquals(8, line.get("masks").intValue());
    assertEquals(8, line.get("evaluated").intValue());
    assertFalse(line.has("journal_masks"));
    assertTrue(line.get("seconds").doubleValue() > 0);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    assertEquals(HexFormat.of().formatHex(hash), line.get("file_sha256").textValue());
    assertEquals(8, read.outputs().get(0).fit().evaluated());
  }

  @Test
  void aLineSaysHowItWasVerified() throws IOException {
    run(items(), null, 2, Request.standard().withVerify(2));
    JsonNode line = lines().get("a");
    assertEquals(4, line.get("verify_masks").intValue());
    assertEquals(4, line.get("verify_evaluated").intValue());
    assertEquals(1, line.get("verify_correlation").doubleValue(), 1e-12);
    assertEquals(8, line.get("evaluated").intValue());
    run(null);
    assertFalse(lines().get("a").has("verify_masks"));
  }

  @Test
  void aFailureHasTheLineThatIsTold() throws IOException {
    Path made = Files.createDirectories(folder.resolve("journals/b.journal"));
    Noted noted = run(journals);
    assertEquals(2, noted.failed.size());
    JsonNode line = lines().get("b");
    assertEquals(noted.failed.get(1), line.get("error").textValue());
    assertTrue(line.get("error").textValue().startsWith("--resume " + made), line.toString());
    assertFalse(line.has("file"));
    assertEquals("nothing to ablate", lines().get("none").get("error").textValue());
  }

  @Test
  void withJournalsWhatStandsIsPassedOverAndFailuresAreTriedAgain() throws IOException {
    run(journals);
    Map<String, JsonNode> before = lines();
    asked.clear();
    Noted again = run(journals);
    assertEquals(List.of("none"), again.begun);
    assertEquals(2, again.passedOver);
    assertEquals(List.of(), asked);
    assertEquals(before, lines());
  }

  @Test
  void withoutJournalsASummaryBeginsAnew() throws IOException {
    run(null);
    assertEquals(List.of("a", "none", "b"), run(null).begun);
    assertEquals(3, lines().size());
    run(List.of(Sums.item("other", 2, 1)), null, 2, Request.standard());
    assertEquals(List.of("other"), List.copyOf(lines().keySet()));
  }

  /** Whatever a result depends on, it is computed again when that changes. */
  @Test
  void anotherRequestIsAnotherResult() throws IOException {
    List<UnaryOperator<Request>> changes =
        List.of(
            request -> request.withSeed(1),
            request -> request.withBudget(new Budget(1000)),
            request -> request.withMethod(Method.EXACT),
            request -> request.withTestMasks(201),
            request -> request.withVerify(1),
            request -> request.with(RunSettings.ORDER, 2L));
    for (UnaryOperator<Request> change : changes) {
      run(journals);
      asked.clear();
      Request changed = change.apply(Request.standard());
      assertEquals(List.of("a", "none", "b"), run(items(), journals, 2, changed).begun);
      assertEquals(List.of(), asked, "the journals have every mask");
      assertEquals(List.of("none"), run(items(), journals, 2, changed).begun);
    }
    run(journals);
    assertEquals(List.of("a", "none", "b"), run(items(), folder, 3, Request.standard()).begun);
  }

  @Test
  void anotherInputOrAnotherFileIsDoneAgain() throws IOException {
    run(journals);
    List<Item<Integer>> changed = new ArrayList<>(items());
    changed.set(0, new Item<>("a", 3, 1, "read 3 with another key"));
    assertEquals(List.of("a", "none"), run(changed, journals, 2, Request.standard()).begun);
    Files.writeString(folder.resolve("out/b.json"), "edited", StandardOpenOption.APPEND);
    assertEquals(
        List.of("b", "none"),
        run(changed, journals, 2, Request.standard()).begun.stream().sorted().toList());
    Path real = Files.move(folder.resolve("out/b.json"), folder.resolve("elsewhere"));
    Files.createSymbolicLink(folder.resolve("out/b.json"), real);
    assertEquals(List.of("none", "b"), run(changed, journals, 2, Request.standard()).begun);
    assertFalse(Files.isSymbolicLink(folder.resolve("out/b.json")));
  }

  /** A kill or a full disk may leave any part of the last line. */
  @Test
  void aTornLineIsDroppedWhereverItIsCut() throws IOException {
    run(List.of(items().get(2), items().get(0)), journals, 2, Request.standard());
    for (int cut = 0; cut < Files.size(summary); cut += 7) {
      // A result that was written again has times, and so a hash, of its own.
      String whole = Files.readString(summary);
      Files.writeString(summary, whole.substring(0, cut));
      asked.clear();
      Noted noted = run(List.of(items().get(2), items().get(0)), journals, 2, Request.standard());
      // A line that lacks nothing but its line feed is whole.
      int missing = cut < whole.indexOf('\n') ? 2 : cut < whole.length() - 1 ? 1 : 0;
      List<String> expected = List.of("b", "a").subList(2 - missing, 2);
      assertEquals(expected, noted.begun, "cut at " + cut + " of " + whole.length());
      assertEquals(List.of(), asked);
      assertEquals(2, lines().size());
    }
  }

  @Test
  void damagedLinesAreDroppedToo() throws IOException {
    run(journals);
    String text = Files.readString(summary);
    Files.writeString(summary, text.replaceFirst("\"a.json\"", "\"a.json\" x") + "\0\0\n\n[1]\n");
    assertEquals(List.of("a", "none"), run(journals).begun);
    assertEquals(3, lines().size());
  }

  @Test
  void aFileOfSomebodyElseStays() throws IOException {
    Files.createDirectories(summary.getParent());
    for (String theirs : List.of("mine", "{\"text\": \"a\"}\n", "{\"format\":\"other\"}\n", "\n")) {
      Files.writeString(summary, theirs);
      InputException refused = assertThrows(InputException.class, () -> run(null));
      assertTrue(
          refused.getMessage().startsWith(summary + ": it is no summary"), refused.getMessage());
      assertThrows(InputException.class, () -> run(journals));
      assertEquals(theirs, Files.readString(summary));
      assertFalse(Files.exists(folder.resolve("out/a.json")), "nothing is done first");
    }
  }

  @Test
  void aFolderInItsPlaceIsNamedAndALinkIsReplaced() throws IOException {
    Files.createDirectories(summary);
    InputException refused = assertThrows(InputException.class, () -> run(null));
    assertEquals(
        "cannot write " + summary + ": it is a folder, name a file in it", refused.getMessage());
    Files.delete(summary);
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Files.createSymbolicLink(summary, victim);
    run(journals);
    assertEquals("precious", Files.readString(victim));
    assertTrue(Files.isRegularFile(summary, LinkOption.NOFOLLOW_LINKS));
    assertEquals(3, lines().size());
  }

  @Test
  void oneRunAtATimeHasIt() throws IOException {
    run(null);
    byte[] before = Files.readAllBytes(summary);
    SummaryFile other = SummaryFile.open(summary, entry -> true);
    try (other) {
      InputException refused = assertThrows(InputException.class, () -> run(null));
      assertTrue(refused.getMessage().contains("another run"), refused.getMessage());
      assertArrayEquals(before, Files.readAllBytes(summary));
    }
    assertEquals(3, run(null).begun.size());
  }
}
