package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KernelMacrosTest {
  private static KernelMacros macros(String text, Map<String, Integer> defines) {
    return KernelMacros.of(new KernelSource("made", text, new TreeMap<>(defines)));
  }

  @Test
  void constantsMayRestOnOthers() {
    KernelMacros macros =
        macros(
            "#define BITS 3u /* of a digit */\n"
                + "#define DIGITS (1u << BITS) // all of them\n"
                + "#define ROOM(n) \\\n  (8u * DIGITS * (n) + TWICE(BITS))\n"
                + "#define TWICE(x) ((x) * 2)\n"
                + "#define NAME \"text\"\n",
            Map.of());
    assertEquals(8, macros.constant("DIGITS"));
    assertEquals(8 * 8 * 5 + 6, macros.value("ROOM", 5));
    assertEquals(8 * 8 * 2 + 6, macros.number("ROOM", 2));
    assertThrows(IllegalArgumentException.class, () -> macros.constant("NAME"));
    assertThrows(IllegalArgumentException.class, () -> macros.constant("ROOM"));
    assertThrows(IllegalArgumentException.class, () -> macros.constant("NONE"));
    assertThrows(IllegalArgumentException.class, () -> macros.value("ROOM", 1, 2));
    assertThrows(ArithmeticException.class, () -> macros.number("ROOM", 1L << 40));
  }

  @Test
  void conditionsFollowTheMacrosOfTheSource() {
    String text =
        "#ifndef WIDE\n#define WIDE 0\n#endif\n"
            + "#if WIDE > 1\ntwo\n#elif WIDE\none\n#else\nnone\n#endif\n"
            + "#if defined(ABLATE_CUDA) && !defined(ABLATE_C)\n#define THERE 1\n"
            + "#if UNKNOWN\nnever\n#endif\n#else\n#define THERE 2\n#endif\n"
            + "#undef GONE\n";
    for (int wide = 0; wide <= 2; wide++) {
      KernelMacros macros = macros(text, wide == 0 ? Map.of() : Map.of("WIDE", wide));
      assertEquals(new String[] {"none", "one", "two"}[wide], macros.text().strip());
      assertEquals(wide, macros.constant("WIDE"));
      assertEquals(1, macros.constant("THERE"));
    }
  }

  @Test
  void aSourceIsReadOnce() {
    assertSame(KernelMacros.of("sort"), KernelMacros.of("sort"));
    KernelMacros plain = KernelMacros.of("decoding");
    KernelMacros large = KernelMacros.of(KernelSource.of("decoding", Map.of("ERRORS", 8)));
    assertEquals(5, plain.constant("ERRORS"));
    assertEquals(8, large.constant("ERRORS"));
    assertTrue(plain.text().contains("KERNEL void decoding_gather"));
    assertFalse(plain.text().contains("/*"));
  }
}
