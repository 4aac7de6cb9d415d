package dev.ablate.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvInputTest {
  @TempDir private Path folder;

  /** Line ends stand as ~, quotes as they are. */
  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("t.csv"), content.replace('~', '\n'));
  }

  private static List<List<String>> rows(CsvInput in) {
    List<List<String>> rows = new ArrayList<>();
    for (String[] cells = in.next(); cells != null; cells = in.next()) {
      rows.add(List.of(cells));
    }
    return rows;
  }

  @Test
  void quotesHoldDelimitersQuotesAndLineEnds() throws IOException {
    try (CsvInput in = CsvInput.open(file("\"a,b\",c~\"1~2\",\"say \"\"hi\"\"\"~~x,y"))) {
      assertEquals(List.of("a,b", "c"), in.names());
      assertEquals(
          List.of(List.of("1\n2", "say \"hi\""), List.of("x", "y")),
          rows(in),
          "an empty line is no row");
    }
  }

  @Test
  void carriageReturnsAndAByteOrderMarkAreNoPartOfCells() throws IOException {
    try (CsvInput in = CsvInput.open(file("\uFEFFa;b\r~1,5;2\r~"))) {
      assertEquals(List.of("a", "b"), in.names());
      assertArrayEquals(new String[] {"1,5", "2"}, in.next());
      assertEquals(1.5, in.number(0));
      assertEquals(2, in.number(1));
      assertNull(in.next());
    }
  }

  @Test
  void aFirstLineOfNumbersHoldsNoNames() throws IOException {
    try (CsvInput in = CsvInput.open(file("1,-2.5e3, 4 ~5,6,7~"))) {
      assertEquals(List.of(), in.names());
      assertEquals(3, in.columns());
      in.next();
      assertEquals(-2500, in.number(1));
      assertEquals(4, in.number(2));
      assertEquals(2, in.column("2"));
    }
    try (CsvInput in = CsvInput.openNamed(file("1,2~3,4~"))) {
      assertEquals(List.of("1", "2"), in.names());
      assertEquals(0, in.column("1"), "a name goes before a number");
      assertEquals(1, rows(in).size());
    }
  }

  @Test
  void tabsSeparateWhereThereIsNoComma() throws IOException {
    try (CsvInput in = CsvInput.open(file("a\tb~1,5\t2~"))) {
      in.next();
      assertEquals(1.5, in.number(0));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '@',
      value = {
        "a,b~1,~ | t.csv row 1, column \"b\": is empty; fill it",
        "a~1~~3~ | t.csv row 2, column \"a\": is empty; fill it",
        "1,2~3,x~ | t.csv row 2, column 1: \"x\" is no finite number",
        "a,b~1,nan~ | row 1, column \"b\": \"nan\" is no finite number",
        "a,b~1,0x1p3~ | \"0x1p3\" is no finite number",
        "a,b~1,1e999~ | \"1e999\" is no finite number",
        "a,b~1,1.2.3~ | \"1.2.3\" is no finite number",
        "a,b~1,\"2,5\"~ | \"2,5\" has a comma; write a decimal point",
        "a;b~1,5;2.5~ | column \"b\": \"2.5\" has a decimal point and t.csv row 1, column \"a\" a"
            + " comma; write all numbers with one decimal sign",
        "a;b~1;1.234,5~ | \"1.234,5\" has a point and a comma",
        "a,b~1,2,3~ | t.csv row 1: has 3 cells, and the header 2; quote cells that hold commas",
        "a,b~1,2~3~ | t.csv row 2: has 1 cells",
        ",b~1,2~ | column 0 has no name",
        "a,a~1,2~ | two columns are called \"a\"; rename one",
        "a,b~\"1\"x,2~ | is no CSV",
        "@@ | t.csv is empty",
      })
  void saysWhatIsWrongAndWhere(String content, String says) throws IOException {
    Path file = file(content);
    InputException e =
        assertThrows(
            InputException.class,
            () -> {
              try (CsvInput in = CsvInput.open(file)) {
                while (in.next() != null) {
                  for (int c = 0; c < in.columns(); c++) {
                    in.number(c);
                  }
                }
              }
            });
    String plain = e.getMessage().replace(folder + "/", "");
    assertTrue(plain.contains(says), plain);
  }

  @Test
  void anotherEncodingIsNamed() throws IOException {
    Path file = folder.resolve("latin.csv");
    Files.write(file, "a\ncaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    InputException e =
        assertThrows(
            InputException.class,
            () -> {
              try (CsvInput in = CsvInput.open(file)) {
                rows(in);
              }
            });
    assertTrue(e.getMessage().endsWith("is not UTF-8 text: save the file as UTF-8"));
  }

  @Test
  void aMissingColumnIsAnsweredWithThoseThatAreThere() throws IOException {
    try (CsvInput in = CsvInput.open(file("a,b~1,2~"))) {
      InputException e = assertThrows(InputException.class, () -> in.column("c"));
      assertTrue(e.getMessage().endsWith("no column \"c\": name one of a, b"), e.getMessage());
      assertThrows(InputException.class, () -> in.column("2"));
    }
  }
}
