package dev.ablate.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ablate.code.InputException;
import dev.ablate.model.TinyTokenizer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokenizers over which the library panics, hangs or fills the memory. */
class ChildEncoderTest {
  private static final String GOOD = "good never";

  private static Encoder open(byte[] json) {
    return Encoders.open(json, "folder/tokenizer.json");
  }

  private static List<ProcessHandle> children() {
    return ProcessHandle.current()
        .children()
        .filter(p -> p.info().command().orElse("").endsWith("java"))
        .toList();
  }

  @AfterEach
  void noProcessIsLeft() {
    assertEquals(List.of(), children());
  }

  private static void assertOneLine(InputException e, String reason) {
    assertTrue(e.getMessage().contains("folder/tokenizer.json"), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    assertTrue(e.getMessage().length() < 600, e.getMessage());
  }

  static Stream<Arguments> filesThatPanic() {
    return Stream.of(
        arguments("Invalid byte 33", charsMap("!!!")),
        arguments("Cannot parse precompiled_charsmap", charsMap("BAAAAA==")),
        arguments("memory allocation of 8589934584 bytes failed", charsMap("/////w==")),
        arguments(
            "Helper: Error(\"number out of range\"",
            TinyTokenizer.text()
                .replaceFirst("\"decoder\": ?\\{", "\"decoder\": {\"odd\": 1e999, ")
                .getBytes(StandardCharsets.UTF_8)),
        arguments(
            "byte index 4 is out of bounds",
            TinyTokenizer.with(
                "model",
                "{\"type\": \"BPE\", \"continuing_subword_prefix\": \"####\", \"unk_token\": null,"
                    + " \"vocab\": {\"a\": 0, \"b\": 1}, \"merges\": [\"a b\"]}")));
  }

  private static byte[] charsMap(String base64) {
    return TinyTokenizer.with(
        "normalizer", "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"" + base64 + "\"}");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("filesThatPanic")
  void aPanicOverTheFileIsOneLine(String reason, byte[] json) {
    InputException e = assertThrows(InputException.class, () -> open(json));
    assertOneLine(e, reason);
    assertTrue(e.getMessage().contains(" is no tokenizer: the library does not get through it"));
  }

  static Stream<Arguments> textsThatPanic() {
    String flags = "\"single_word\": false, \"normalized\": false, \"special\": true}";
    return Stream.of(
        arguments(
            "retry-limit-in-match over", TinyTokenizer.replacing("(x+x+)+y", ""), "x".repeat(40)),
        arguments(
            "bad split",
            TinyTokenizer.with(
                "added_tokens",
                "[{\"id\": 2, \"content\": \"[CLS]\", \"lstrip\": false, \"rstrip\": true, "
                    + flags
                    + ", {\"id\": 3, \"content\": \"  \", \"lstrip\": true, \"rstrip\": false, "
                    + flags
                    + "]"),
            "[CLS]      never"),
        arguments("memory allocation of", growing(), "ab"));
  }

  @Test
  void aTokenizerThatPanicsOverEveryTextIsTriedAgain() {
    // Prepending nothing leaves the first character without a place, and lower case looks for it.
    byte[] json =
        TinyTokenizer.with(
            "normalizer",
            "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Prepend\", \"prepend\":"
                + " \"\"}, {\"type\": \"Lowercase\"}]}");
    try (Encoder encoder = open(json)) {
      for (int attempt = 0; attempt < 2; attempt++) {
        InputException e = assertThrows(InputException.class, () -> encoder.encode(GOOD, true));
        assertOneLine(e, "index out of bounds");
      }
    }
  }

  /** Every "a" becomes 512 times 512 times 512. */
  private static byte[] growing() {
    String step =
        "{\"type\": \"Replace\", \"pattern\": {\"String\": \"a\"}, \"content\": \""
            + "a".repeat(512)
            + "\"}";
    return TinyTokenizer.with(
        "normalizer",
        "{\"type\": \"Sequence\", \"normalizers\": [" + step + "," + step + "," + step + "]}");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("textsThatPanic")
  void aPanicOverATextEndsThatTextAlone(String reason, byte[] json, String text)
      throws Encoder.Refusal {
    try (Encoder encoder = open(json)) {
      assertEquals(1, children().size());
      InputException e = assertThrows(InputException.class, () -> encoder.encode(text, true));
      assertOneLine(e, reason);
      assertTrue(e.getMessage().contains(" cannot split the text: "), e.getMessage());
      assertEquals(0, children().size(), "what is broken is gone");
      // "never" has no letter over which one of them fails.
      assertEquals("never", encoder.encode("never", false).pieces()[0]);
    }
  }

  @Test
  void aTextThatHangsIsGivenUp() throws Encoder.Refusal {
    // Each place tries each end of the run, and looks for what is not there.
    byte[] json = TinyTokenizer.replacing("x+(?<=y)", "a");
    ChildEncoder.Limits limits =
        new ChildEncoder.Limits(Duration.ofSeconds(60), Duration.ofSeconds(2));
    try (Encoder encoder = new ChildEncoder(json, "folder/tokenizer.json", limits)) {
      InputException e =
          assertThrows(InputException.class, () -> encoder.encode("x".repeat(400_000), true));
      assertOneLine(e, "2 seconds are over");
      assertEquals("good", encoder.encode(GOOD, false).pieces()[0]);
    }
  }

  @Test
  void aFileThatHangsIsGivenUp() {
    byte[] json = TinyTokenizer.replacing("x+(?<=y)", "a");
    String token =
        "{\"id\": 99, \"content\": \""
            + "x".repeat(400_000)
            + "\", \"single_word\": false,"
            + " \"lstrip\": false, \"rstrip\": false, \"normalized\": true, \"special\": false}";
    byte[] hangs =
        new String(json, StandardCharsets.UTF_8)
            .replace("\"added_tokens\":[", "\"added_tokens\":[" + token + ",")
            .getBytes(StandardCharsets.UTF_8);
    ChildEncoder.Limits limits =
        new ChildEncoder.Limits(Duration.ofSeconds(3), Duration.ofSeconds(3));
    InputException e =
        assertThrows(
            InputException.class, () -> new ChildEncoder(hangs, "folder/tokenizer.json", limits));
    assertOneLine(e, "3 seconds are over");
  }

  @Test
  void anInterruptEndsTheWait() {
    byte[] json = TinyTokenizer.replacing("x+(?<=y)", "a");
    try (Encoder encoder = open(json)) {
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, () -> encoder.encode("x".repeat(400_000), true));
      assertTrue(Thread.interrupted());
      assertEquals(0, children().size());
    }
  }

  @Test
  void answersAreTheSameInBothProcesses() throws Encoder.Refusal {
    byte[] json = TinyTokenizer.plain();
    List<String> texts =
        List.of(
            GOOD, "", "\uD83D\uDE00 It isn't Cafe\u0301\0", "[MASK] 中国 ▁", "good ".repeat(30_000));
    try (Encoder here = open(json);
        Encoder there = new ChildEncoder(json, "t", ChildEncoder.Limits.USUAL)) {
      assertEquals(NativeEncoder.class, here.getClass());
      for (String text : texts) {
        for (boolean special : new boolean[] {true, false}) {
          Encoded expected = here.encode(text, special);
          Encoded found = there.encode(text, special);
          assertArrayEquals(expected.pieces(), found.pieces());
          assertArrayEquals(expected.ids(), found.ids());
          assertArrayEquals(expected.special(), found.special());
          assertArrayEquals(expected.starts(), found.starts());
          assertArrayEquals(expected.ends(), found.ends());
          assertEquals(here.decode(expected.ids()), there.decode(expected.ids()));
        }
      }
    }
  }

  @Test
  void refusalsComeThrough() throws Encoder.Refusal {
    String model = "{\"type\": \"WordLevel\", \"unk_token\": \"a\", \"vocab\": {\"never\": 7}}";
    byte[] json = TinyTokenizer.with("model", model);
    try (Encoder there = new ChildEncoder(json, "t", ChildEncoder.Limits.USUAL)) {
      Encoder.Refusal e = assertThrows(Encoder.Refusal.class, () -> there.encode("bad", false));
      assertTrue(e.getMessage().contains("[UNK]"), e.getMessage());
      assertArrayEquals(new long[] {7}, there.encode("never", false).ids());
    }
    byte[] odd = TinyTokenizer.with("normalizer", "{\"type\": \"Unheard\"}");
    assertOneLine(assertThrows(InputException.class, () -> open(odd)), "is no tokenizer: ");
  }

  @Test
  void severalThreadsShareAProcess() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Encoder encoder = open(TinyTokenizer.replacing("(x+x+)+y", ""))) {
      List<Future<Encoded>> answers = new ArrayList<>();
      for (int t = 0; t < 40; t++) {
        String text = "good ".repeat(t);
        answers.add(threads.submit(() -> encoder.encode(text, false)));
      }
      for (int t = 0; t < 40; t++) {
        assertEquals(t, answers.get(t).get().ids().length);
      }
      assertEquals(1, children().size());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void reasonsAreFoundInWhatAProcessSays() {
    assertEquals("no reason given", LastWords.reason(""));
    assertEquals(
        "why",
        LastWords.reason(
            "Picked up X\n\nthread '<unnamed>' panicked at a.rs:1:2:\nwhy\nnote: run\npanicked at"
                + " b.rs:3:4:\npanic in a function that cannot unwind"));
    assertEquals(
        "SIGSEGV", LastWords.reason("#\n# A fatal error\n#\n#  SIGSEGV (0xb) at pc=0x0\n"));
    assertEquals(
        "OutOfMemoryError: Java heap space",
        LastWords.reason("Terminating due to java.lang.OutOfMemoryError: Java heap space\n"));
    assertEquals("anything", LastWords.reason("Picked up JAVA_TOOL_OPTIONS: -Dx\nanything\nmore"));
  }
}
