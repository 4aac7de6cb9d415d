package dev.ablate.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Budget;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.mask.Masks;
import dev.ablate.run.journal.Journal;
import dev.ablate.run.journal.KnownValues;
import dev.ablate.solve.Method;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A journal that survives being cut anywhere, and files that are none. */
class JournalTest {
  private static final HostBackend HOST = new HostBackend(2);
  private final Runner runner = new Runner(new Backends.Choice(HOST, "host: in a test"));

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    HOST.close();
  }

  /** Values with all bits in use, so that only the same bits give the same result. */
  private static double value(boolean[] mask) {
    double value = Math.PI * (mask[0] ? 1 : 0.1) + (mask[1] && mask[2] ? Math.E : 0);
    for (int i = 0; i < mask.length; i++) {
      value += mask[i] ? Math.sin(i) / 7 : 0;
    }
    return value;
  }

  /** A game that notes what it is asked. */
  private static Game game(int features, Set<String> asked) {
    return Game.of(
        features,
        masks -> {
          double[] values = new double[masks.count()];
          for (int m = 0; m < values.length; m++) {
            boolean[] row = masks.row(m);
            assertTrue(asked.add(Arrays.toString(row)), "asked twice in one run");
            values[m] = value(row);
          }
          return values;
        });
  }

  private Explanation explain(int features, Request request, Set<String> asked) {
    return runner.explain(game(features, asked), request, Progress.NONE);
  }

  private static void assertSame(Explanation expected, Explanation actual) {
    assertEquals(expected.spectrum().size(), actual.spectrum().size());
    for (int i = 0; i < expected.spectrum().size(); i++) {
      assertArrayEquals(expected.spectrum().sets().get(i), actual.spectrum().sets().get(i));
      assertEquals(expected.spectrum().coefficient(i), actual.spectrum().coefficient(i));
    }
    assertEquals(expected.outputs().get(0).fit().r2(), actual.outputs().get(0).fit().r2());
  }

  @ParameterizedTest
  @CsvSource({"20, proxyspex, false", "20, spex, false", "20, auto, true", "70, auto, true"})
  void everyValueIsKeptAndReused(int features, String method, boolean inRounds) {
    Request plain =
        Request.standard()
            .withMethod(Method.parse(method))
            .withTargetR2(inRounds ? Double.valueOf(0.9) : null);
    plain = features == 70 ? plain.withBudget(new Budget(500)) : plain;
    Request kept = plain.withJournal(folder.resolve("journal"));
    Set<String> first = new HashSet<>();
    Explanation undisturbed = explain(features, plain, new HashSet<>());
    Explanation begun = explain(features, kept, first);
    assertSame(undisturbed, begun);
    assertEquals(first.size(), begun.outputs().get(0).fit().evaluated());
    Set<String> second = new HashSet<>();
    Explanation resumed = explain(features, kept, second);
    assertSame(undisturbed, resumed);
    assertEquals(Set.of(), second);
    assertEquals(0, resumed.outputs().get(0).fit().evaluated());
    assertEquals(first.size(), journalMasks(resumed));
  }

  @Test
  void aLargerBudgetEvaluatesOnlyWhatIsNew() {
    Request small =
        Request.standard()
            .withMethod(Method.PROXYSPEX)
            .withBudget(new Budget(300))
            .withJournal(folder.resolve("journal"));
    Set<String> first = new HashSet<>();
    explain(20, small, first);
    Set<String> second = new HashSet<>();
    explain(20, small.withBudget(new Budget(500)), second);
    assertEquals(
        200, second.size(), "the smaller budget's masks are the first of the larger one's");
    Set<String> both = new HashSet<>(first);
    both.retainAll(second);
    assertEquals(Set.of(), both);
  }

  private static final int CUTS = 100;

  /** A kill leaves a file that is cut somewhere: every cut must resume to the same result. */
  @Test
  void aJournalCutAnywhereResumes() throws IOException {
    Path whole = folder.resolve("whole");
    Request request =
        Request.standard()
            .withMethod(Method.SCREEN)
            .withBudget(new Budget(400))
            .withTargetR2(0.99)
            .withTestMasks(600);
    Set<String> all = new HashSet<>();
    Explanation undisturbed = explain(24, request.withJournal(whole), all);
    byte[] bytes = Files.readAllBytes(whole);
    Random random = new Random(5);
    Path cut = folder.resolve("cut");
    int reused = 0;
    for (int trial = 0; trial < CUTS; trial++) {
      // Less than the magic is no beginning that a kill leaves: a header is one write.
      Files.write(cut, Arrays.copyOf(bytes, 8 + random.nextInt(bytes.length - 7)));
      Set<String> asked = new HashSet<>();
      Explanation resumed = explain(24, request.withJournal(cut), asked);
      assertSame(undisturbed, resumed);
      assertEquals(all.size() - asked.size(), journalMasks(resumed));
      reused += journalMasks(resumed) > 0 ? 1 : 0;
      assertArrayEquals(bytes, Files.readAllBytes(cut), "the same file in the end");
    }
    assertTrue(reused > CUTS / 4, "only " + reused + " cuts left values to reuse");
  }

  private static long journalMasks(Explanation explanation) {
    return explanation.provenance().report().journalMasks();
  }

  /** What a power cut may leave: the file has its length, but the last write never arrived. */
  @Test
  void anEndOfZerosIsATornWrite() throws IOException {
    Path journal = folder.resolve("journal");
    Request request = Request.standard().withBudget(new Budget(300)).withJournal(journal);
    Explanation undisturbed = explain(20, request, new HashSet<>());
    byte[] bytes = Files.readAllBytes(journal);
    byte[] torn = bytes.clone();
    Arrays.fill(torn, bytes.length - 700, bytes.length, (byte) 0);
    Files.write(journal, torn);
    assertSame(undisturbed, explain(20, request, new HashSet<>()));
    assertArrayEquals(bytes, Files.readAllBytes(journal));
  }

  @Test
  void aDamagedRecordIsNamed() throws IOException {
    Path journal = folder.resolve("journal");
    Request request = Request.standard().withBudget(new Budget(300)).withJournal(journal);
    explain(20, request, new HashSet<>());
    byte[] bytes = Files.readAllBytes(journal);
    int record = 8 + 4 + 8 + 4;
    int records = 500;
    assertEquals(0, (bytes.length - headerBytes(bytes)) % record);
    assertEquals(records, (bytes.length - headerBytes(bytes)) / record);
    bytes[headerBytes(bytes) + 41 * record + 13] ^= 4;
    Files.write(journal, bytes);
    String line = refusal(request);
    assertTrue(line.contains("record 42 of 500 is damaged"), line);
    assertTrue(line.contains("truncate -s " + headerBytes(bytes)), line);
    assertArrayEquals(bytes, Files.readAllBytes(journal), "a damaged file stays as it is");
  }

  /** From the layout in docs/formats.md: magic, length, JSON, checksum. */
  private static int headerBytes(byte[] bytes) {
    return 8 + 4 + (bytes[8] & 255) + ((bytes[9] & 255) << 8) + 4;
  }

  private String refusal(Request request) {
    return assertThrows(InputException.class, () -> explain(20, request, new HashSet<>()))
        .getMessage();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "A",
        "ABLATE",
        "ABLATEJ",
        "ABLATEJ1",
        "{\"format\": \"ablate-explanation/1\"}",
        "ABLATEJ2 and so on for a while"
      })
  void aForeignFileStaysAsItIs(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), content);
    Request request = Request.standard().withBudget(new Budget(300)).withJournal(file);
    if (content.equals("ABLATEJ1")) {
      // Nothing else begins so: a header that was cut short is written anew.
      explain(20, request, new HashSet<>());
      assertTrue(Files.size(file) > 5000);
      return;
    }
    String line = refusal(request);
    assertTrue(line.contains("no journal"), line);
    assertEquals(content, Files.readString(file));
  }

  @Test
  void anEmptyFileIsANewJournal() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Set<String> asked = new HashSet<>();
    explain(20, Request.standard().withBudget(new Budget(300)).withJournal(file), asked);
    assertEquals(500, asked.size());
  }

  @Test
  void aJournalOfAnotherGameNamesTheDifference() throws IOException {
    Path file = folder.resolve("journal");
    Request request = Request.standard().withBudget(new Budget(300)).withJournal(file);
    explain(20, request, new HashSet<>());
    byte[] before = Files.readAllBytes(file);
    InputException features =
        assertThrows(InputException.class, () -> explain(21, request, new HashSet<>()));
    assertTrue(
        features.getMessage().contains("another features (20, this run has 21)"),
        features.getMessage());
    assertArrayEquals(before, Files.readAllBytes(file));
    // Neither seed nor method nor budget changes a value.
    explain(20, request.withSeed(3).withMethod(Method.PROXYSPEX).withBudget(null), new HashSet<>());
  }

  @Test
  void aDamagedHeaderIsSaidSo() throws IOException {
    Path file = folder.resolve("journal");
    Request request = Request.standard().withBudget(new Budget(300)).withJournal(file);
    explain(20, request, new HashSet<>());
    byte[] bytes = Files.readAllBytes(file);
    bytes[20] ^= 1;
    Files.write(file, bytes);
    assertTrue(refusal(request).contains("header is damaged"), refusal(request));
  }

  @Test
  void aJournalInUseIsRefused() {
    Path file = folder.resolve("journal");
    Request request = Request.standard().withBudget(new Budget(300)).withJournal(file);
    Game outer =
        Game.of(
            20,
            masks -> {
              assertTrue(refusal(request).contains("another run"), refusal(request));
              return new double[masks.count()];
            });
    runner.explain(outer, request, Progress.NONE);
    // The lock has ended with the run.
    Game constant = Game.of(20, masks -> new double[masks.count()]);
    runner.explain(constant, request.withSeed(1), Progress.NONE);
  }

  @Test
  void aFailedRunKeepsWhatItHad() throws IOException {
    Path file = folder.resolve("journal");
    Request request = Request.standard().withBudget(new Budget(600)).withJournal(file);
    int[] calls = {0};
    Game failing =
        Game.of(
            20,
            masks -> {
              if (++calls[0] == 3) {
                throw new CancellationException("interrupted");
              }
              return Arrays.stream(masks.toArray()).mapToDouble(JournalTest::value).toArray();
            });
    assertThrows(
        CancellationException.class, () -> runner.explain(failing, request, Progress.NONE));
    Set<String> asked = new HashSet<>();
    Explanation resumed = explain(20, request, asked);
    assertEquals(2 * Journal.MOST_AT_ONCE, journalMasks(resumed));
    assertEquals(800 - 2 * Journal.MOST_AT_ONCE, asked.size());
  }

  @Test
  void longMasksHaveKeysOfTheirOwn() {
    Masks masks = Masks.of(new boolean[][] {row(300, 299), row(300, 298), row(300, 299)});
    long[] keys = KnownValues.keys(masks);
    assertEquals(12, keys.length);
    assertArrayEquals(Arrays.copyOfRange(keys, 0, 4), Arrays.copyOfRange(keys, 8, 12));
    // First 8 bytes of sha256sum over 37 zero bytes, 08, 00, 00.
    assertEquals(EXPECTED_KEY, Long.toHexString(Long.reverseBytes(keys[0])));
  }

  private static final String EXPECTED_KEY = "149d148968bb14b5";

  private static boolean[] row(int features, int kept) {
    boolean[] row = new boolean[features];
    row[kept] = true;
    return row;
  }

  @Test
  void theHeaderIsReadableText() throws IOException {
    Path file = folder.resolve("journal");
    explain(20, Request.standard().withBudget(new Budget(300)).withJournal(file), new HashSet<>());
    byte[] bytes = Files.readAllBytes(file);
    String json = new String(bytes, 12, headerBytes(bytes) - 16, StandardCharsets.UTF_8);
    assertTrue(json.startsWith("{\"format\":\"ablate-journal/1\",\"features\":20,"), json);
    assertEquals(List.of("ABLATEJ1"), List.of(new String(bytes, 0, 8, StandardCharsets.UTF_8)));
  }
}
