package dev.ablate.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BchCodeTest {
  /** Generators of Lin and Costello, Error Control Coding, appendix C (octal there). */
  @ParameterizedTest
  @CsvSource({
    "11, 1, 23",
    "7, 2, 721",
    "5, 3, 2467",
    "21, 2, 3551",
    "16, 3, 107657",
    "11, 5, 5423325",
    "51, 2, 12471",
    "45, 3, 1701317",
    "36, 5, 1033500423"
  })
  void hasThePublishedGenerators(int message, int errors, String octal) {
    BchCode code = BchCode.smallest(message, errors);
    assertEquals(octal, Long.toOctalString(code.generator()[0]));
    assertEquals(code.parityBits(), BchCode.parityBits(message, errors));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 5", "8, 5", "30, 2", "100, 5", "1000, 5", "1992, 5", "5000, 9"})
  void countsParityBitsWithoutTheCode(int message, int errors) {
    assertEquals(
        BchCode.smallest(message, errors).parityBits(), BchCode.parityBits(message, errors));
  }

  /** Every code word vanishes at alpha, alpha^3, ...: message bit i alone, too. */
  @ParameterizedTest
  @CsvSource({"1, 5, 0", "5, 3, 1", "40, 4, 3", "70, 12, 1", "1000, 5, 1"})
  void codeWordsHaveNoSyndrome(int message, int errors, int shift) {
    BchCode code = BchCode.smallest(message, errors);
    GaloisField field = code.field();
    long[] parities = code.parities(shift);
    int words = parities.length / message;
    for (int i = 0; i < message; i++) {
      int[] syndromes = new int[errors];
      for (int j = 0; j < errors; j++) {
        int root = (2 * j + 1) % field.order();
        syndromes[j] = field.exp((int) ((long) root * (code.parityBits() + i) % field.order()));
        for (int p = 0; p < code.parityBits(); p++) {
          if ((parities[i * words + ((shift + p) >>> 6)] >>> (shift + p) & 1) != 0) {
            syndromes[j] ^= field.exp((int) ((long) root * p % field.order()));
          }
        }
      }
      assertArrayEquals(new int[errors], syndromes, "message bit " + i);
    }
  }

  @Test
  void reachesAMillionFeatures() {
    assertEquals(100, BchCode.parityBits(1_000_000, 5));
    InputException e = assertThrows(InputException.class, () -> BchCode.parityBits(1_048_576, 5));
    assertEquals(
        "no code in GF(2^20) for 1048576 features and 5 errors; use fewer features or errors",
        e.getMessage());
  }
}
