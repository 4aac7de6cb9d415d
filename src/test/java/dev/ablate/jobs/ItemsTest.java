package dev.ablate.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.lens.text.PromptSource;
import dev.ablate.lens.text.TextLensKind;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ItemsTest {
  private static final String GOOD = "{\"text\": \"good\"}\n";

  @TempDir private Path folder;

  private List<Item<PromptSource>> read(String lines, Charset charset) throws IOException {
    Path file = Files.write(folder.resolve("in.jsonl"), lines.getBytes(charset));
    return Items.read(file, new TextLensKind());
  }

  private static String message(Executable reading) {
    return assertThrows(InputException.class, reading::run).getMessage();
  }

  private interface Executable {
    void run() throws IOException;
  }

  /** Python writes NaN; a key that nobody reads may hold it. */
  @Test
  void whatNobodyReadsMayBeNaN() throws IOException {
    List<Item<PromptSource>> items =
        read("{\"text\":\"Great film\",\"score\":NaN,\"x\":-Infinity}\n", StandardCharsets.UTF_8);
    assertEquals(List.of("1 Great film 1"), told(items));
  }

  @Test
  void linesEndInEveryWay() throws IOException {
    String text = "\uFEFF{\"text\": \"a\"}\r\n\n{\"text\": \"b\", \"id\": 7}\r{\"text\": \"c\"}";
    assertEquals(List.of("1 a 1", "7 b 3", "4 c 4"), told(read(text, StandardCharsets.UTF_8)));
  }

  private static String text(PromptSource input) {
    return ((PromptSource.Text) input.content()).text();
  }

  private static List<String> told(List<Item<PromptSource>> items) {
    return items.stream().map(i -> i.id() + " " + text(i.input()) + " " + i.line()).toList();
  }

  /** What is known again are the keys and their values, not how a line is written. */
  @Test
  void theHashIsOfWhatALineSays() throws IOException {
    List<String> hashes =
        read(
                "{\"text\": \"a\", \"note\": {\"x\": 1, \"y\": [2, 3]}}\n"
                    + "{\"note\":{\"y\":[2,3],\"x\":1},\"id\":\"other\",\"text\":\"a\"}\n"
                    + "{\"text\": \"a\", \"note\": {\"x\": 1, \"y\": [3, 2]}}\n"
                    + "{\"text\": \"a\"}\n",
                StandardCharsets.UTF_8)
            .stream()
            .map(Item::sha256)
            .toList();
    assertEquals(hashes.get(0), hashes.get(1));
    assertEquals(3, Set.copyOf(hashes).size());
    assertTrue(hashes.get(0).matches("[0-9a-f]{64}"), hashes.get(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"text\": \"a\", \"id\": true}  | id must be a text or a number",
        "{\"text\": \"a\", \"id\": []}    | id must be a text or a number",
        "{\"text\": \"a\", \"id\": NaN}   | id must be a text or a number",
        "{\"text\": \"a\", \"id\": 1e400} | id must be a text or a number",
        "{\"text\": \"a\", \"id\": \"../b\"} | names a file",
        "{\"text\": \"a\", \"text\": \"b\"} | Duplicate field 'text'",
        "{\"text\": \"a\"} {\"text\": \"b\"} | more after the end",
        "{\"text\": NaN}              | no \"text\"",
        "[1]                          | not a JSON object",
        "null                         | not a JSON object",
        "{\"text\": \"a\"             | Unexpected end-of-input",
      })
  void aLineThatCannotBeUsedIsNamed(String line, String part) {
    String message = message(() -> read(GOOD + line, StandardCharsets.UTF_8));
    assertTrue(message.startsWith(folder.resolve("in.jsonl") + " line 2"), message);
    assertTrue(message.contains(part), message);
  }

  @Test
  void otherEncodingsAreNamedWithTheirLine() {
    String message =
        message(() -> read(GOOD + "{\"text\": \"caf\u00e9\"}\n", StandardCharsets.ISO_8859_1));
    assertEquals(
        folder.resolve("in.jsonl") + " line 2 is not UTF-8 text: save the file as UTF-8", message);
  }

  @Test
  void textsMayBeLong() throws IOException {
    String text = "good ".repeat(5_000_000);
    assertEquals(
        text, text(read("{\"text\": \"" + text + "\"}", StandardCharsets.UTF_8).get(0).input()));
  }

  /** A device that never ends is no file of lines. */
  @Test
  void anEndlessLineIsRefused() {
    Path endless = Path.of("/dev/zero");
    Assumptions.assumeTrue(Files.exists(endless), "there is no /dev/zero");
    String message = message(() -> Items.read(endless, new TextLensKind()));
    assertEquals("/dev/zero line 1 is longer than 64 MiB: give a JSON object a line", message);
  }

  @Test
  void aFolderIsNoFile() {
    String message = message(() -> Items.read(folder, new TextLensKind()));
    assertEquals("input " + folder + ": cannot be read (Is a directory), check the path", message);
  }
}
