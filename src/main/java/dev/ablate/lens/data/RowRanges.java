package dev.ablate.lens.data;

import dev.ablate.code.InputException;
import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rows of a table as people name them, such as {@code 1000-1796} or {@code 3,8-11}. */
final class RowRanges {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

  private RowRanges() {}

  /**
   * The rows that are named.
   *
   * @param option the setting, for messages
   * @param rows how many there are
   * @throws InputException if one is none of them, or what is named is no row
   */
  static BitSet parse(String option, String words, int rows) {
    BitSet chosen = new BitSet();
    for (String word : words.split(",", -1)) {
      Matcher range = RANGE.matcher(word.strip());
      if (!range.matches()) {
        throw new InputException(
            option + " " + words + ": give rows and ranges of rows, such as 3,8-11");
      }
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (first > last || last >= rows) {
        throw new InputException(
            option
                + " "
                + words
                + ": there are the rows 0 to "
                + (rows - 1)
                + ", from the first on");
      }
      chosen.set(first, last + 1);
    }
    return chosen;
  }
}
