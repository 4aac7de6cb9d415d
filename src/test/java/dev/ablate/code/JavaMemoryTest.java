package dev.ablate.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class JavaMemoryTest {
  @Test
  void whatFitsIsALength() {
    assertEquals(1000, JavaMemory.length("a table", 1000, 8));
  }

  @Test
  void whatNoHeapHoldsIsRefused() {
    InputException e =
        assertThrows(
            InputException.class, () -> JavaMemory.length("a table", Integer.MAX_VALUE, 1));
    assertTrue(e.getMessage().startsWith("a table: 2147483647 numbers"), e.getMessage());
  }

  @Test
  void whatThisHeapDoesNotHoldIsRefused() {
    int bytes = (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() >> 30);
    InputException e =
        assertThrows(
            InputException.class,
            () -> JavaMemory.length("a table", Integer.MAX_VALUE - 8, bytes + 8));
    assertTrue(e.getMessage().contains("-Xmx"), e.getMessage());
  }
}
