package dev.ablate.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneLineTest {
  @ParameterizedTest
  @CsvSource({
    "'a\u001b[31mb', a<U+001B>[31mb",
    "'a\u009b31mb', a<U+009B>31mb",
    "'a\r\n\u0000b', a <U+0000>b",
    "'a\u2028b', a b",
    "'a\u202eb', a<U+202E>b",
    "'a\u2066b', a<U+2066>b",
    "'a\u007fb', a<U+007F>b",
    "'a\ud800b', a<U+D800>b"
  })
  void whatATerminalObeysIsNamed(String obeyed, String shown) {
    assertEquals(shown, OneLine.of(obeyed));
  }

  @Test
  void whatPeopleWriteStays() {
    String text = "Straße, 你好, ‘café’, \uD83D\uDE42, می\u200Cخواهم";
    assertEquals(text, OneLine.of(text));
  }

  @Test
  void theMiddleOfALongMessageIsLeftOut() {
    String line = OneLine.of("what: " + "x".repeat(70_000) + ": how to mend it");
    assertEquals(OneLine.MOST, line.length());
    assertTrue(line.startsWith("what: x"), line);
    assertTrue(line.endsWith("x: how to mend it"), line);
    assertTrue(line.contains("x … x"), line);
  }

  /** Cuts fall between characters wherever they stand. */
  @Test
  void noCharacterIsHalved() {
    for (int shift = 0; shift < 2; shift++) {
      String smiles = "a".repeat(shift) + "\uD83D\uDE42".repeat(600);
      for (String cut : new String[] {OneLine.of(smiles), OneLine.brief(smiles, 40)}) {
        assertEquals(cut, Characters.line(cut));
        assertTrue(cut.contains("…"), cut);
      }
    }
  }

  @Test
  void messagesOfTheEngineAreOneLine() {
    InputException e = new InputException(InputException.setting("target") + " \u001b[31m\nred");
    assertEquals("target <U+001B>[31m red", e.getMessage());
    assertEquals("--target <U+001B>[31m red", e.message(name -> "--" + name));
    assertEquals("a b: target <U+001B>[31m red", e.at("a\nb").getMessage());
  }
}
