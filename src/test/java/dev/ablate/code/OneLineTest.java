package dev.ablate.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneLineTest {
  @ParameterizedTest
  @CsvSource({
    "'a\u001b[31mb', a [31mb",
    "'a\u009b31mb', a 31mb",
    "'a\r\n\u0000b', a b",
    "'a\u2028b', a b",
    "'a\u202eb', a b",
    "'a\u2066b', a b",
    "'a\u007fb', a b",
    "'a\ud800b', a b"
  })
  void whatATerminalObeysIsLeftOut(String obeyed, String shown) {
    assertEquals(shown, OneLine.of(obeyed));
    assertEquals(shown, OneLine.shown(obeyed));
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
        assertEquals(cut, OneLine.shown(cut));
        assertTrue(cut.contains("…"), cut);
      }
    }
  }

  @Test
  void messagesOfTheEngineAreOneLine() {
    InputException e = new InputException(InputException.setting("target") + " \u001b[31m\nred");
    assertEquals("target   [31m red".replace("   ", "  "), e.getMessage());
    assertEquals("--target  [31m red", e.message(name -> "--" + name));
    assertEquals("a b: target  [31m red", e.at("a\nb").getMessage());
  }
}
