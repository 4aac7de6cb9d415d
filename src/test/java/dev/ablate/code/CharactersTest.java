package dev.ablate.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CharactersTest {
  /** The 25 code points with the property White_Space, from PropList.txt of Unicode 15. */
  private static final int[] WHITE_SPACE = {
    0x9, 0xA, 0xB, 0xC, 0xD, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004,
    0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000
  };

  @Test
  void allWhiteSpaceIsSpace() {
    for (int c : WHITE_SPACE) {
      assertTrue(Characters.isSpace(c), Integer.toHexString(c));
    }
    for (int c : new int[] {'a', 0x200B, 0x2060, 0xFEFF, 0x4F60, 0x1F600}) {
      assertFalse(Characters.isSpace(c), Integer.toHexString(c));
    }
    assertTrue(Characters.isBlank("\u00a0\u3000 "));
    assertFalse(Characters.isBlank("\u200b"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "cafe\u0301                                     | 0;1;2;3;5",
        "a \u0301b                                      | 0;1;2;3;4",
        "\uD83D\uDC69\u200D\u2764\uFE0F\u200D\uD83D\uDC68x | 0;8;9",
        "\uD83C\uDDE9\uD83C\uDDEA\uD83C\uDDEB\uD83C\uDDF7 | 0;4;8",
      })
  void cutsBetweenCharactersOnly(String text, String expected) {
    assertEquals(
        expected,
        Characters.borders(text).stream()
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(";")));
  }

  @Test
  void linesAreSafeOnATerminal() {
    assertEquals("<U+001B>[31mred<U+009B>0m", Characters.line("\u001b[31mred\u009b0m"));
    assertEquals("one two", Characters.line("one\r\n\u2028two"));
    assertEquals("a<U+202E>b<U+200B>", Characters.line("a\u202eb\u200b"));
    assertEquals("<U+D800>", Characters.line("\ud800"));
    assertEquals("\t<U+0007>\nx", Characters.block("\t\u0007\r\nx"));
  }

  @Test
  void whatPeopleReadStaysAsItIs() {
    for (String text :
        List.of(
            "cafe\u0301 na\u00efve",
            "\uD83D\uDC69\u200D\u2764\uFE0F\u200D\uD83D\uDC68",
            "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",
            "\u05E9\u05DC\u05D5\u05DD",
            "\u4F60\u597D")) {
      assertEquals(text, Characters.line(text));
    }
    assertEquals("n<U+0435>ver", Characters.spelled("n\u0435ver"));
  }
}
