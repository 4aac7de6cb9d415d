package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KernelSourceTest {
  @Test
  void headerStandsInPlaceOfItsInclude() {
    String text = KernelSource.of("sampling", Map.of()).text();
    assertTrue(text.contains("#define KERNEL __kernel"));
    assertFalse(text.contains("#include \"device.h\""));
    assertThrows(IllegalStateException.class, () -> KernelSource.of("none", Map.of()));
  }

  @Test
  void whatHeadersIncludeStandsThereOnce() {
    // paths.cl includes paths_descent.h, which includes paths_lasso.h, which includes group.h.
    String text = KernelSource.of("paths", Map.of()).text();
    for (String once : List.of("#define LANES 256u", "#define STATES 8u", "typedef uchar u8;")) {
      assertTrue(text.contains(once), once);
      assertEquals(text.indexOf(once), text.lastIndexOf(once), once);
    }
    assertFalse(text.contains("#include \""));
  }

  @Test
  void sameArgumentsGiveTheSameObject() {
    Map<String, Integer> defines = new HashMap<>(Map.of("B", 2, "A", 1));
    KernelSource source = KernelSource.of("sampling", defines);
    assertSame(source, KernelSource.of("sampling", Map.of("A", 1, "B", 2)));
    assertNotSame(source, KernelSource.of("sampling", Map.of("A", 1)));
    defines.put("A", 3);
    assertEquals("-DX -DA=1 -DB=2", source.options("X"));
    assertEquals("sampling-A_1-B_2", source.variant());
    assertEquals("sampling", KernelSource.of("sampling", Map.of()).variant());
  }
}
