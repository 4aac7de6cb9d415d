package dev.ablate.lens.heads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.lens.text.PromptSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleFileTest {
  @TempDir private Path folder;

  private Examples read(String name, String content) throws IOException {
    return ExampleFile.read(Files.writeString(folder.resolve(name), content), "data");
  }

  private static String text(PromptSource source) {
    return ((PromptSource.Text) source.content()).text();
  }

  @Test
  void linesHoldTextsWithLabelsOrPromptsWithAnswers() throws IOException {
    List<Example> all =
        read(
                "all.jsonl",
                "\uFEFF{\"text\": \"good film\", \"label\": \"positive\", \"id\": 7}\n\n"
                    + "{\"text\": \"bad film\", \"label\": 0, \"other\": [1]}\r\n"
                    + "{\"prompt\": \"Who?\", \"answer\": \"Tom\", \"against\": \"Anna\"}\n")
            .all();
    assertEquals(3, all.size());
    assertEquals("good film", text(all.get(0).clean()));
    assertEquals("positive", all.get(0).label());
    assertEquals("7", all.get(0).id());
    assertEquals("0", all.get(1).label());
    assertNull(all.get(1).id());
    assertTrue(all.get(1).where().endsWith("all.jsonl line 3"), all.get(1).where());
    assertEquals(List.of("Tom"), all.get(2).clean().answers());
    assertEquals("Anna", all.get(2).clean().against());
    assertNull(all.get(2).label());
  }

  @Test
  void pairsShareTheirAnswers() throws IOException {
    Example pair =
        read(
                "pairs.jsonl",
                "{\"clean\": \"Tom. Who?\", \"corrupted\": \"Anna. Who?\", \"answer\": \"Tom\"}")
            .all()
            .get(0);
    assertEquals("Tom. Who?", text(pair.clean()));
    assertEquals("Anna. Who?", text(pair.corrupted()));
    assertEquals(List.of("Tom"), pair.corrupted().answers());
  }

  @Test
  void csvIsReadAsItsStandardHasIt() throws IOException {
    List<Example> all =
        read(
                "all.csv",
                "\uFEFFid,text,label,note\r\n"
                    + "a,\"good, \"\"very\"\" good\nfilm\",positive,x\r\n"
                    + "\r\n"
                    + ",bad film,negative,\r\n")
            .all();
    assertEquals(2, all.size());
    assertEquals("good, \"very\" good\nfilm", text(all.get(0).clean()));
    assertEquals("a", all.get(0).id());
    assertEquals("positive", all.get(0).label());
    assertNull(all.get(1).id());
    assertTrue(all.get(1).where().endsWith("all.csv row 2"), all.get(1).where());
  }

  /** As tables are saved that number their rows. */
  @Test
  void columnsWithoutANameArePassedOver() throws IOException {
    List<Example> all = read("rows.csv", ",text,label,\n0,good film,positive,x\n").all();
    assertEquals("good film", text(all.get(0).clean()));
    assertEquals("positive", all.get(0).label());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "none.jsonl | '' | no examples",
        "none.csv | text,label | no examples",
        "list.jsonl | [1] | line 1: not a JSON object",
        "nothing.jsonl | {\"label\": \"a\"} | line 1: no \"text\"",
        "two.jsonl | {\"text\": \"a\", \"prompt\": \"b\"} | both \"text\" and \"prompt\"",
        "clean.jsonl | {\"clean\": \"a\"} | \"clean\" without \"corrupted\"",
        "other.jsonl | {\"text\": \"a\", \"corrupted\": \"b\"} | \"corrupted\" without \"clean\"",
        "label.jsonl | {\"text\": \"a\", \"label\": [1]} | \"label\" is [1]; give a text",
        "many.jsonl | {\"text\": \"a\", \"answer\": [\"b\", \"c\"]} | has 2 answers; give one",
        "mixed.jsonl | {\"text\": \"a\"}~{\"clean\": \"a\", \"corrupted\": \"b\"} | 1 of 2"
            + " examples",
        "names.csv | sentence,label~good,1 | name one of them text, prompt or clean",
        "empty.csv | '' | is empty",
        "twice.csv | text,text~a,b | two columns are called \"text\"",
        "number.jsonl | {\"clean\": \"a\", \"corrupted\": 5} | line 1: \"corrupted\" is 5",
        "hollow.jsonl | {\"clean\": \"a\", \"corrupted\": \" \"} | \"corrupted\" is empty",
        "short.csv | text,label~a | row 1: has 1 cells, and the header 2",
        "quote.csv | text,label~\"a\"b,1 | quote cells that hold quotes",
        "blank.csv | text,label~,1 | row 1: no \"text\"",
      })
  void whatIsNoExampleIsSaidWithItsPlace(String name, String content, String message) {
    InputException e =
        assertThrows(InputException.class, () -> read(name, content.replace('~', '\n')));
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertTrue(e.getMessage().contains(name), e.getMessage());
  }

  @Test
  void otherEncodingsAreRefused() throws IOException {
    for (String name : List.of("latin.csv", "latin.jsonl")) {
      String content = name.endsWith("csv") ? "text\ncaf\u00e9\n" : "{\"text\": \"caf\u00e9\"}\n";
      Path file = Files.write(folder.resolve(name), content.getBytes(StandardCharsets.ISO_8859_1));
      InputException e = assertThrows(InputException.class, () -> ExampleFile.read(file, "data"));
      assertTrue(e.getMessage().contains("UTF-8"), e.getMessage());
    }
    InputException none =
        assertThrows(
            InputException.class, () -> ExampleFile.read(folder.resolve("no.csv"), "data"));
    assertTrue(none.getMessage().contains("cannot be read"), none.getMessage());
  }
}
