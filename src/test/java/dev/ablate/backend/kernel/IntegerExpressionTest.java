package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntegerExpressionTest {
  private static long value(String text, long... arguments) {
    List<String> names = List.of("a", "b").subList(0, arguments.length);
    return IntegerExpression.parse(IntegerExpression.tokens(text), names).of(arguments);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "1 + 2 * 3 ; 7",
        "(1 + 2) * 3 ; 9",
        "20 - 5 - 3 ; 12",
        "100 / 7 / 2 ; 7",
        "17 % 5 ; 2",
        "1 << 4 + 1 ; 32",
        "256u >> 3 ; 32",
        "0xFFu & 0x3C ; 60",
        "1 | 6 ^ 2 ; 5",
        "~0 & 7 ; 7",
        "-3 + +5 ; 2",
        "!0 + !5 ; 1",
        "3 > 2 ? 10 : 20 ; 10",
        "0 ? 1 : 0 ? 2 : 3 ; 3",
        "2 <= 2 && 3 != 4 ; 1",
        "1 == 2 || 5 >= 6 ; 0",
        "8UL * (64u + 1u) ; 520",
      })
  void valuesAreThoseOfC(String text, long expected) {
    assertEquals(expected, value(text));
  }

  @Test
  void parametersTakeTheirValues() {
    assertEquals(8 * (5 * 7 + 5), value("8u * (a * b + a)", 5, 7));
    assertEquals(7, value("a > b ? a : b", 5, 7));
    assertEquals(1L << 40, value("a << b", 1, 40));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1 +", "(1", "1)", "a", "1 2", "1.5", "f(1)", "\"x\"", "1 ? 2", "[1]", "1 $"})
  void othersAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> value(text));
  }
}
