package dev.ablate.model.tokenizer;

/**
 * A token for each code point, whose number is the code point itself: for a model whose tokens
 * nobody knows. Joined again, tokens are the text that they came from.
 */
public final class CharacterEncoder implements Encoder {
  @Override
  public Encoded encode(String text, boolean special) {
    int[] codePoints = text.codePoints().toArray();
    int count = codePoints.length;
    Encoded encoded =
        new Encoded(
            new String[count], new long[count], new long[count], new long[count], new long[count]);
    for (int c = 0; c < count; c++) {
      encoded.pieces()[c] = Character.toString(codePoints[c]);
      encoded.ids()[c] = codePoints[c];
      encoded.starts()[c] = c;
      encoded.ends()[c] = c + 1L;
    }
    return encoded;
  }

  /** {@inheritDoc} Numbers beyond the last code point are no characters and left out. */
  @Override
  public String decode(long[] ids) {
    StringBuilder text = new StringBuilder(ids.length);
    for (long id : ids) {
      if (id >= 0 && id <= Character.MAX_CODE_POINT) {
        text.appendCodePoint((int) id);
      }
    }
    return text.toString();
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
