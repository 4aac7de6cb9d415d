package dev.ablate.io;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.ablate.code.Characters;

/**
 * JSON may go to a terminal, which obeys more than the control characters that JSON must escape:
 * DEL, the second set of control characters, and marks of direction.
 */
final class TerminalEscapes extends CharacterEscapes {
  private static final long serialVersionUID = 1L;

  private static final int[] ASCII = standardAsciiEscapesForJSON();

  static {
    ASCII[0x7F] = ESCAPE_STANDARD;
  }

  @Override
  public int[] getEscapeCodesForAscii() {
    return ASCII.clone();
  }

  @Override
  public SerializableString getEscapeSequence(int c) {
    // Halves of pairs are joined after this; the joiners of emoji and letters are harmless.
    boolean harmless = Character.isSurrogate((char) c) || c == '\u200C' || c == '\u200D';
    return Characters.isInvisible(c) && !harmless
        ? new SerializedString(String.format("\\u%04X", c))
        : null;
  }
}
