package dev.ablate.model.tokenizer;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What the library answers for a text. Nothing is checked: with a spoilt file even the lengths may
 * differ.
 *
 * @param pieces the tokens as the vocabulary spells them
 * @param ids their numbers
 * @param special 1 for tokens that the tokenizer added around the text, else 0
 * @param starts where they start in the text, in code points; -1 for none
 * @param ends where they end (exclusive), in code points; -1 for none
 */
public record Encoded(String[] pieces, long[] ids, long[] special, long[] starts, long[] ends) {
  void write(DataOutputStream out) throws IOException {
    out.writeInt(pieces.length);
    for (String piece : pieces) {
      byte[] utf8 = piece.getBytes(StandardCharsets.UTF_8);
      out.writeInt(utf8.length);
      out.write(utf8);
    }
    for (long[] numbers : new long[][] {ids, special, starts, ends}) {
      out.writeInt(numbers.length);
      for (long number : numbers) {
        out.writeLong(number);
      }
    }
  }

  static Encoded read(DataInputStream in) throws IOException {
    String[] pieces = new String[in.readInt()];
    for (int t = 0; t < pieces.length; t++) {
      pieces[t] = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
    return new Encoded(pieces, longs(in), longs(in), longs(in), longs(in));
  }

  private static long[] longs(DataInputStream in) throws IOException {
    long[] numbers = new long[in.readInt()];
    for (int t = 0; t < numbers.length; t++) {
      numbers[t] = in.readLong();
    }
    return numbers;
  }
}
