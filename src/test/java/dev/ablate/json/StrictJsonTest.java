package dev.ablate.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.code.InputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictJsonTest {
  private static JsonNode read(String text, Charset charset) throws IOException {
    return StrictJson.read(new ByteArrayInputStream(text.getBytes(charset)), "a.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\": 1, \"b\": 2, \"a\": 1} | Duplicate field 'a' at line 1, column",
        "{\"a\": 1} {}                  | more after the end of its JSON value at line 1, column"
            + " 10",
        "{\"a\": 1} x                   | Unrecognized token 'x'",
        "{\"a\": }                      | Unexpected character ('}'",
        "{\"a\": \u0663}                | Unexpected character ('\u0663'",
        "{\"a\": 01}                    | Leading zeroes",
        "{\"a\": [                      | Unexpected end-of-input",
        "{'a': 1}                       | Unexpected character (''' (code 39))",
      })
  void saysWhatAndWhere(String text, String part) {
    InputException e = assertThrows(InputException.class, () -> read(text, StandardCharsets.UTF_8));
    assertTrue(e.getMessage().startsWith("a.json "), e.getMessage());
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertTrue(e.getMessage().contains("line 1, column "), e.getMessage());
    assertTrue(e.getMessage().length() < 200, e.getMessage());
  }

  /** The parser has names for its limits, and for what it might be told to take. */
  @ParameterizedTest
  @CsvSource({"1001, [, nesting depth", "1500, 9, Number value length", "1, /*, comment"})
  void namesNothingOfTheParser(int times, String part, String reason) {
    InputException e =
        assertThrows(
            InputException.class,
            () -> read("{\"a\": " + part.repeat(times), StandardCharsets.UTF_8));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertTrue(!e.getMessage().matches(".*(Constraints|Feature|ALLOW_).*"), e.getMessage());
  }

  @Test
  void namesTheLineOfTheFile() {
    InputException e =
        assertThrows(
            InputException.class, () -> read("{\n \"a\": 1,\n nope\n}", StandardCharsets.UTF_8));
    assertTrue(e.getMessage().contains("at line 3, column"), e.getMessage());
  }

  /** Java reads such files too; whoever else reads them does not. */
  @Test
  void otherEncodingsAreNamed() {
    for (Charset other : new Charset[] {StandardCharsets.UTF_16, StandardCharsets.ISO_8859_1}) {
      InputException e = assertThrows(InputException.class, () -> read("{\"é\": 1}", other));
      assertEquals("a.json is not UTF-8 text: save it as UTF-8", e.getMessage());
    }
  }

  @Test
  void textsMayBeLong() throws IOException {
    String text = "x".repeat(21_000_000);
    assertEquals(text, read("\"" + text + "\"", StandardCharsets.UTF_8).textValue());
  }

  @Test
  void nestingEndsSomewhere() {
    InputException e =
        assertThrows(InputException.class, () -> read("[".repeat(100_000), StandardCharsets.UTF_8));
    assertTrue(e.getMessage().contains("nesting depth (1001)"), e.getMessage());
  }

  @Test
  void numbersOfPythonAreNumbers() throws IOException {
    JsonNode read = read("\uFEFF[NaN, Infinity, -Infinity, 1e400]", StandardCharsets.UTF_8);
    assertTrue(Double.isNaN(read.get(0).doubleValue()));
    assertEquals(Double.POSITIVE_INFINITY, read.get(1).doubleValue());
    assertEquals(Double.NEGATIVE_INFINITY, read.get(2).doubleValue());
    assertEquals(Double.POSITIVE_INFINITY, read.get(3).doubleValue());
  }

  @Test
  void nothingIsMissing() throws IOException {
    assertTrue(read(" \n", StandardCharsets.UTF_8).isMissingNode());
  }
}
