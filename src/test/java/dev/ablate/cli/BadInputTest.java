package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ablate.code.OneLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad input: one line that says what, where and how to mend it, exit 2, nothing half-written. */
class BadInputTest {
  @TempDir private Path folder;

  /**
   * The rows of {@code bad-input.tsv}: what is bad, what the line must name, and the words of the
   * command. A word {@code @name} stands for a file in the temporary folder.
   */
  static Stream<Arguments> bad() throws IOException {
    try (InputStream in = BadInputTest.class.getResourceAsStream("bad-input.tsv")) {
      String table = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return table.lines().map(line -> arguments(row(line)));
    }
  }

  private static Object[] row(String line) {
    // Half a surrogate pair cannot stand in a file of text.
    List<String> cells =
        Stream.of(line.split("\t", -1))
            .map(cell -> cell.replace("\\ud800", "\ud800").translateEscapes())
            .toList();
    return new Object[] {cells.get(0), cells.get(1), cells.subList(2, cells.size())};
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void badInputIsOneLineAndExit2(String what, String named, List<String> words) throws IOException {
    files();
    List<Path> before = listing();
    Cli.Result result = Cli.run(words.stream().map(this::resolve).toArray());
    assertEquals(2, result.status(), result.err());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().startsWith("ablate: "), result.err());
    assertTrue(result.err().length() <= OneLine.MOST + 40, result.err());
    assertTrue(result.err().contains(resolve(named)), result.err());
    assertEquals("", result.out());
    assertEquals(before, listing(), "something was written");
  }

  @Test
  void aTextThatFailsLeavesTheOthers() throws IOException {
    Path input =
        Files.writeString(
            folder.resolve("texts.jsonl"),
            "\uFEFF{\"text\": \"good film\", \"id\": \"a\"}\n"
                + "{\"text\": \"…\"}\n"
                + "{\"text\": \"bad film\"}\n");
    Path out = folder.resolve("explained");
    Cli.Result result = Cli.run("explain", "--input", input, "--out", out, "--keep", "film");
    assertEquals(2, result.status(), result.err());
    assertTrue(Files.exists(out.resolve("a.json")), result.err());
    assertFalse(Files.exists(out.resolve("2.json")));
    assertTrue(Files.exists(out.resolve("3.json")));
    assertTrue(result.err().contains("line 2"), result.err());
  }

  @Test
  void wordsAreNeverReadFromFiles() throws IOException {
    Path file = Files.writeString(folder.resolve("words"), "devices");
    Cli.Result result = Cli.run("@" + file);
    assertEquals(2, result.status());
    assertTrue(result.err().contains("@" + file), result.err());
  }

  @Test
  void aResultThatCannotBePrintedIsNoSuccess() {
    Writer full =
        new Writer() {
          @Override
          public void write(char[] text, int from, int length) throws IOException {
            throw new IOException("No space left on device");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    StringWriter err = new StringWriter();
    int status =
        Main.run(new String[] {"devices"}, new PrintWriter(full), new PrintWriter(err, true));
    assertEquals(2, status);
    assertEquals(1, err.toString().lines().count(), err.toString());
    assertTrue(err.toString().contains("standard output"), err.toString());
  }

  private void files() throws IOException {
    int[][] every = Cli.everyMask(4);
    Cli.masks(folder.resolve("masks.npy"), every);
    double[] values = new double[16];
    Arrays.setAll(values, i -> i);
    Cli.values(folder.resolve("values.npy"), values);
    Cli.values(folder.resolve("three.npy"), 1, 2, 3);
    values[2] = Double.NaN;
    Cli.values(folder.resolve("nan.npy"), values);
    Cli.npy(folder.resolve("wide.npy"), "<f8", false, "(4, 4)", Cli.doubles(values));
    Cli.npy(folder.resolve("fortran.npy"), "|u1", true, "(16, 4)", new byte[64]);
    Cli.npy(folder.resolve("short.npy"), "|u1", false, "(16, 4)", new byte[60]);
    Cli.npy(folder.resolve("huge.npy"), "|u1", false, "(2000000000, 4)", new byte[8]);
    Cli.npy(folder.resolve("hugevalues.npy"), "<f8", false, "(1, 260000000)", new byte[8]);
    Files.writeString(
        folder.resolve("seven.json"),
        "{\"format\": \"ablate-design/1\", \"kind\": \"foreign\", \"features\": 4, \"masks\": 7}");
    Files.writeString(folder.resolve("two.jsonl"), "{\"text\": \"a\"} {\"text\": \"b\"}\n");
    Files.writeString(folder.resolve("text.jsonl"), "{\"text\": \"good film\"}\n");
    Files.writeString(folder.resolve("twice.jsonl"), "{\"text\": \"a\", \"text\": \"b\"}\n");
    Files.writeString(folder.resolve("id.jsonl"), "{\"text\": \"a\", \"id\": true}\n");
    Files.write(
        folder.resolve("latin.jsonl"),
        "{\"text\": \"a\"}\n{\"text\": \"\u00e9\"}\n".getBytes(StandardCharsets.ISO_8859_1));
    every[3][1] = 2;
    Cli.masks(folder.resolve("twos.npy"), every);
    prompts();
    Files.writeString(folder.resolve("header.csv"), "text,label\n");
    Files.writeString(folder.resolve("sentences.csv"), "sentence,label\ngood film,positive\n");
    Files.writeString(folder.resolve("labels.csv"), "text,label\ngood,positive\nbad,fine\n");
    Files.writeString(folder.resolve("two.csv"), "text,label\ngood,positive\nbad,negative\n");
    Files.writeString(folder.resolve("half.csv"), "text,corrupted\ngood film,bad film\n");
    Files.writeString(folder.resolve("lines.txt"), "{\"text\": \"fine\"}\nnot json\n");
  }

  private void prompts() throws IOException {
    Map<String, String> prompts =
        Map.of(
            "long", "{\"segments\": [{\"text\": \"" + "Tom has ".repeat(150) + "\"}]}",
            "nearly", "{\"text\": \"" + "Tom ".repeat(255) + "\", \"answer\": \"Tom Tom\"}",
            "chat", "{\"messages\": [{\"role\": \"user\", \"content\": \"Who has the cup?\"}]}",
            "empty", "{}",
            "kept", "{\"segments\": [{\"text\": \"Tom has the cup.\", \"ablate\": false}]}",
            "key", "{\"segments\": [{\"text\": \"Tom has the cup.\", \"colour\": 1}]}",
            "segments", "{\"segments\": [{\"text\": \"Tom has the cup.\"}]}");
    for (Map.Entry<String, String> prompt : prompts.entrySet()) {
      Files.writeString(folder.resolve(prompt.getKey() + ".json"), prompt.getValue());
    }
  }

  private List<Path> listing() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }

  private String resolve(String word) {
    return word.startsWith("@") ? folder.resolve(word.substring(1)).toString() : word;
  }
}
