package dev.ablate.model.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;

/**
 * SentencePiece's table of replacements: a double-array trie over the bytes of UTF-8, whose leaves
 * are positions in a text of replacements that end with a zero byte. The library follows it without
 * looking at bounds, so all of it is followed here once, by the reading of {@code spm_precompiled}.
 */
final class CharsMap {
  /** Longer replacements than of any known table could fill the memory. */
  private static final int LONGEST_REPLACEMENT = 256;

  private final IntBuffer units;
  private final byte[] replacements;

  private CharsMap(IntBuffer units, byte[] replacements) {
    this.units = units;
    this.replacements = replacements;
  }

  /** Whether no text whatever leads out of a table, given as {@code precompiled_charsmap}. */
  static boolean sound(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return false;
    }
    // The library takes nothing but the one spelling with all padding.
    if (bytes.length < Integer.BYTES || !Base64.getEncoder().encodeToString(bytes).equals(base64)) {
      return false;
    }
    ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long size = Integer.toUnsignedLong(all.getInt()) / Integer.BYTES * Integer.BYTES;
    if (size == 0 || size > all.remaining()) {
      return false;
    }
    IntBuffer units = all.slice(all.position(), (int) size).order(all.order()).asIntBuffer();
    byte[] replacements = new byte[all.remaining() - (int) size];
    all.position(all.position() + (int) size).get(replacements);
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
    } catch (CharacterCodingException e) {
      return false;
    }
    return new CharsMap(units, replacements).sound();
  }

  private boolean sound() {
    BitSet seen = new BitSet();
    ArrayDeque<Integer> open = new ArrayDeque<>();
    open.add(offset(units.get(0)));
    while (!open.isEmpty()) {
      int node = open.remove();
      for (int label = 1; label < 256; label++) {
        int at = node ^ label;
        if (at >= units.limit()) {
          return false;
        }
        int unit = units.get(at);
        if ((unit & (1 << 31 | 0xFF)) == label) {
          int next = at ^ offset(unit);
          if ((unit >>> 8 & 1) != 0 && !leaf(next)) {
            return false;
          }
          if (next >= units.limit() + 256) {
            return false;
          }
          if (!seen.get(next)) {
            seen.set(next);
            open.add(next);
          }
        }
      }
    }
    return true;
  }

  /** How far the children of a unit are; at most 30 bits. */
  private static int offset(int unit) {
    return unit >>> 10 << ((unit & 1 << 9) >>> 6);
  }

  private boolean leaf(int at) {
    if (at >= units.limit()) {
      return false;
    }
    int start = units.get(at) & Integer.MAX_VALUE;
    if (start > replacements.length) {
      return false;
    }
    int end = start;
    while (end < replacements.length && replacements[end] != 0) {
      end++;
    }
    boolean inside = start < replacements.length && (replacements[start] & 0xC0) == 0x80;
    return !inside && end - start <= LONGEST_REPLACEMENT;
  }
}
