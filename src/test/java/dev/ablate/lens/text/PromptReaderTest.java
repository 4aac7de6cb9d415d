package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.game.Span;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptReaderTest {
  @TempDir private Path folder;

  private PromptSource read(String json) throws IOException {
    Path file = folder.resolve("p.json");
    Files.writeString(file, json);
    return PromptReader.file(file, "--prompt");
  }

  private String refusal(String json) {
    String line = assertThrows(InputException.class, () -> read(json)).getMessage();
    assertTrue(line.startsWith("--prompt " + folder.resolve("p.json")), line);
    assertTrue(line.length() <= OneLine.MOST && !line.contains("null"), line);
    return line.substring(("--prompt " + folder.resolve("p.json")).length());
  }

  @Test
  void segmentsAreJoinedAsTheyStand() throws IOException {
    PromptSource source =
        read(
            "{\"segments\": [{\"text\": \"Passages:\\n\", \"ablate\": false},"
                + "{\"text\": \"Anna has the key. \", \"name\": \"passage 1\"},"
                + "{\"text\": \"\"}, {\"text\": \"Tom?\", \"ablate\": true}],"
                + "\"answer\": \"Anna\", \"against\": \"Tom\", \"id\": 7}");
    Prompt prompt = source.render(null);
    assertEquals("Passages:\nAnna has the key. Tom?", prompt.text());
    assertEquals(
        List.of(
            new Prompt.Part(new Span(10, 28), "passage 1", Prompt.NO_MESSAGE),
            new Prompt.Part(new Span(28, 32), null, Prompt.NO_MESSAGE)),
        prompt.parts());
    assertEquals(List.of("Anna"), prompt.answers());
    assertEquals("Tom", prompt.against());
    assertTrue(prompt.special());
    assertFalse(source.isChat());
  }

  @Test
  void aTextIsOnePart() throws IOException {
    Prompt prompt = read("\ufeff{\"text\": \"never fails\"}").render(null);
    assertEquals(Prompt.of("never fails"), prompt);
    assertEquals(List.of(), prompt.answers());
    assertNull(prompt.against());
  }

  @Test
  void linesPassOverOtherKeys() {
    PromptSource source = PromptReader.line(Map.of("text", "a", "label", 3, "id", "x"));
    assertEquals(PromptSource.of("a"), source);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                                      | : no JSON object
          []                                      | : no JSON object
          {                                       |  is no JSON: Unexpected end-of-input
          {"text": "a"} x                         |  is no JSON
          {"text": "a", "text": "b"}              |  is no JSON: Duplicate field 'text'
          {}                                      | : no "text"; give {"text": "…"}, "segments" or "messages"
          {"text": null}                          | : no "text"
          {"text": 1}                             | : no "text" that is a text
          {"text": " "}                           | : the text is empty
          {"text": "a", "segments": []}           | : both "text" and "segments"; give one of them
          {"text": "a", "tools": []}              | : "tools" without "messages"
          {"txt": "a"}                            | : the prompt has the key "txt", which nobody reads; known are text,
          {"text": "a", "answers": "b"}           | : the prompt has the key "answers"
          {"text": "a", "answer": 1}              | : "answer" is 1; give a text, or a list of texts
          {"text": "a", "answer": []}             | : "answer" is []; give a text
          {"text": "a", "answer": ["b", 2]}       | : "answer" is [b, 2]; give a text
          {"text": "a", "against": ["b"]}         | : "against" is [b]; give a text
          {"text": "a", "answer": "\\ud800"}      | : "answer" holds half a surrogate pair at position 0
          {"segments": "a"}                       | : "segments" is "a"; give a list of objects
          {"segments": []}                        | : "segments" is []; give at least one
          {"segments": ["a"]}                     | : segments[0] is "a"; give an object
          {"segments": [{"txt": "a"}]}            | : segments[0] has the key "txt", which nobody reads; known are text, ablate, name
          {"segments": [{"ablate": true}]}        | : segments[0].text is missing; give a text
          {"segments": [{"text": "a", "ablate": 1}]} | : segments[0].ablate is 1; give true or false
          {"segments": [{"text": "a", "name": 1}]}   | : segments[0].name is 1; give a text
          {"segments": [{"text": "a", "ablate": false}, {"text": " "}]} | : "segments" hold nothing to ablate
          {"segments": [{"text": "\\udc00"}]}     | : "segments[0].text" holds half a surrogate pair
          {"messages": "a"}                       | : "messages" is "a"; give a list of objects
          {"messages": {"role": "user"}}          | : "messages" is {role=user}; give a list of objects
          {"messages": []}                        | : "messages" is []; give at least one
          {"messages": [1]}                       | : messages[0] is 1; give an object
          {"messages": [{"content": "a"}]}        | : messages[0].role is missing; give a text
          {"messages": [{"role": 1, "content": "a"}]} | : messages[0].role is 1; give a text
          {"messages": [{"role": "user", "content": "a"}, {"role": "user"}]} | : messages[1] has no "content"
          {"messages": [{"role": "user", "content": null}]} | : messages[0] has no "content"
          {"messages": [{"role": "user", "content": 7}]}    | : messages[0].content is 7; give a text, or a list of parts
          {"messages": [{"role": "user", "content": [7]}]}  | : messages[0].content[0] is 7; give an object
          {"messages": [{"role": "user", "content": [{"type": "text"}]}]} | : messages[0].content[0].text is missing
          {"messages": [{"role": "user", "content": "a", "ablate": "no"}]} | : messages[0].ablate is "no"; give true or false
          {"messages": [{"role": "user", "content": "\\ud800x"}]} | : "messages[0].content" holds half a surrogate pair
          {"messages": [{"role": "user", "content": "a"}], "tools": {}} | : "tools" is {}; give a list of objects
          {"messages": [{"role": "user", "content": "a"}], "tools": ["f"]} | : tools[0] is "f"; give an object
          """)
  void badPromptsAreNamed(String json, String line) {
    String found = refusal(json == null ? "" : json);
    assertTrue(found.strip().startsWith(line), found);
  }

  @Test
  void badFilesAreNamed() throws IOException {
    Path missing = folder.resolve("missing.json");
    assertEquals(
        "--prompt " + missing + ": cannot be read (it does not exist), check the path",
        assertThrows(InputException.class, () -> PromptReader.file(missing, "--prompt"))
            .getMessage());
    Path latin = folder.resolve("latin.json");
    Files.write(latin, "{\"text\": \"\u00e4\"}".getBytes(StandardCharsets.ISO_8859_1));
    String line =
        assertThrows(InputException.class, () -> PromptReader.file(latin, "--prompt")).getMessage();
    assertEquals("--prompt " + latin + " is not UTF-8 text: save it as UTF-8", line);
  }

  private Frame frame(String content) throws IOException {
    Path file = folder.resolve("frame.txt");
    Files.writeString(file, content);
    return Frame.read(file, "--template");
  }

  @Test
  void aFrameIsNeverAblated() throws IOException {
    Prompt prompt =
        frame("Review: {text}\nGood or bad?\n").around(PromptSource.of(" fine ")).render(null);
    assertEquals("Review:  fine \nGood or bad?", prompt.text());
    assertEquals(List.of(new Span(8, 14)), prompt.parts().stream().map(Prompt.Part::span).toList());
    assertEquals("a", frame("{text}").around(PromptSource.of("a")).render(null).text());
  }

  @Test
  void badFramesAreNamed() throws IOException {
    Path file = folder.resolve("frame.txt");
    for (Map.Entry<String, String> bad :
        Map.of("", "nowhere", "{ text }", "nowhere", "{text} {text}", "more than once")
            .entrySet()) {
      String line = assertThrows(InputException.class, () -> frame(bad.getKey())).getMessage();
      assertEquals(
          "--template "
              + file
              + ": holds {text} "
              + bad.getValue()
              + "; write it once, where the text goes",
          line);
    }
    Files.write(file, new byte[] {'{', (byte) 0xff});
    assertEquals(
        "--template " + file + ": is not UTF-8 text; save it as UTF-8",
        assertThrows(InputException.class, () -> Frame.read(file, "--template")).getMessage());
    Frame frame = frame("{text}");
    PromptSource chat =
        PromptReader.line(Map.of("messages", List.of(Map.of("role", "user", "content", "a"))));
    String line = assertThrows(InputException.class, () -> frame.around(chat)).getMessage();
    assertTrue(line.startsWith("template puts a text around a text, and this prompt has messages"));
  }
}
