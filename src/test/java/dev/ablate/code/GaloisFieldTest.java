package dev.ablate.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GaloisFieldTest {
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void alphaGeneratesEveryElement(int degree) {
    GaloisField field = new GaloisField(degree);
    BitSet seen = new BitSet();
    for (int e = 0; e < field.order(); e++) {
      seen.set(field.exp(e));
      assertEquals(e, field.log(field.exp(e)));
    }
    assertEquals(field.order(), seen.cardinality());
    assertTrue(!seen.get(0) && seen.length() == 1 << degree);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 6})
  void obeysTheFieldAxioms(int degree) {
    GaloisField field = new GaloisField(degree);
    int size = 1 << degree;
    for (int a = 0; a < size; a++) {
      assertEquals(a, field.multiply(a, 1));
      assertEquals(0, field.multiply(a, 0));
      int square = field.multiply(a, a) ^ a;
      int root = field.quadraticRoot(square);
      assertTrue(root == a || root == (a ^ 1));
      for (int b = 0; b < size; b++) {
        assertEquals(field.multiply(a, b), field.multiply(b, a));
        if (b != 0) {
          assertEquals(a, field.multiply(field.divide(a, b), b));
        }
        for (int c = 0; c < size; c++) {
          assertEquals(field.multiply(a, b ^ c), field.multiply(a, b) ^ field.multiply(a, c));
          assertEquals(
              field.multiply(a, field.multiply(b, c)), field.multiply(field.multiply(a, b), c));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 21})
  void refusesOtherDegrees(int degree) {
    assertThrows(IllegalArgumentException.class, () -> new GaloisField(degree));
  }
}
