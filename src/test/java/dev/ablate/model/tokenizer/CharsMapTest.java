package dev.ablate.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.model.TinyTokenizer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class CharsMapTest {
  private static final int UNITS = 512;

  /**
   * The table that turns "q" into "good": the root's children start at 256, the unit of "q" has a
   * leaf in the next block of its own, and the leaf is the position 4 of the replacements.
   */
  static byte[] table() {
    ByteBuffer table = ByteBuffer.allocate(4 + 4 * UNITS + 9).order(ByteOrder.LITTLE_ENDIAN);
    table.putInt(4 * UNITS);
    IntUnits units = new IntUnits(table);
    units.set(0, 256 << 10);
    // From 256 + 'q' back to 1: its children are 1 ^ label, of which none has its label.
    units.set(256 ^ 'q', ((256 ^ 'q' ^ 1) << 10) | 1 << 8 | 'q');
    units.set(1, 1 << 31 | 4);
    table.position(4 + 4 * UNITS).put(new byte[] {'b', 'a', 'd', 0, 'g', 'o', 'o', 'd', 0});
    return table.array();
  }

  private record IntUnits(ByteBuffer table) {
    void set(int at, int unit) {
      table.putInt(4 + 4 * at, unit);
    }
  }

  private static String base64(byte[] table) {
    return Base64.getEncoder().encodeToString(table);
  }

  private static String changed(Consumer<IntUnits> change) {
    byte[] table = table();
    change.accept(new IntUnits(ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN)));
    return base64(table);
  }

  @Test
  void aSoundTableWorksInThisProcess() throws Encoder.Refusal {
    String part =
        "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"" + base64(table()) + "\"}";
    byte[] json = TinyTokenizer.with("normalizer", part);
    assertTrue(CharsMap.sound(base64(table())));
    try (Encoder encoder = Encoders.open(json, "tokenizer.json")) {
      assertEquals(NativeEncoder.class, encoder.getClass());
      assertArrayEquals(
          new String[] {"[CLS]", "good", "never", "[SEP]"},
          encoder.encode("q never", true).pieces());
    }
  }

  @Test
  void whatLeadsOutOfATableIsNotSound() {
    assertFalse(CharsMap.sound(changed(units -> units.set(0, 512 << 10))), "children past the end");
    assertFalse(CharsMap.sound(changed(units -> units.set(1, 10))), "replacement past the end");
    assertFalse(
        CharsMap.sound(changed(units -> units.set(256 ^ 'q', 1 << 30 | 1 << 8 | 'q'))),
        "leaf past the end");
    byte[] inside = table();
    inside[inside.length - 5] = (byte) 0xC3;
    inside[inside.length - 4] = (byte) 0xA9;
    byte[] within = inside.clone();
    ByteBuffer.wrap(within).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 1 << 31 | 5);
    assertTrue(CharsMap.sound(base64(inside)));
    assertFalse(CharsMap.sound(base64(within)), "replacement begins inside a character");
  }

  @Test
  void whatIsNoTableIsNotSound() {
    String whole = base64(table());
    assertFalse(CharsMap.sound(""));
    assertFalse(CharsMap.sound("!!!"));
    assertFalse(CharsMap.sound("AAAAAA=="), "no units");
    assertFalse(CharsMap.sound(base64(Arrays.copyOf(table(), 1000))), "cut short");
    assertFalse(CharsMap.sound(base64(new byte[] {-1, -1, -1, -1})), "a size of 4 GiB");
    assertFalse(CharsMap.sound(whole.replaceAll("=+$", "") + "\n"), "odd padding");
    byte[] latin = table();
    latin[latin.length - 3] = (byte) 0xE9;
    assertFalse(CharsMap.sound(base64(latin)), "no UTF-8");
  }
}
