package dev.ablate.lens;

import dev.ablate.code.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads which features somebody names, such as {@code 0-3,7,never}. */
public final class FeatureSelection {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

  /** Punctuation around a word; what people leave out when they name it. */
  private static final Pattern EDGES = Pattern.compile("^\\p{P}+|\\p{P}+$");

  private static final int LISTED = 20;

  private FeatureSelection() {}

  /**
   * Which features are named. Each item is a number, a range of numbers, or the text of a feature
   * with or without the punctuation around it, in any case; a text names every feature that reads
   * so.
   *
   * @param option the setting that gave the items, for messages
   * @param items the items, each perhaps several with commas between them
   * @param names the names of all features
   * @throws InputException if an item names no feature
   */
  public static boolean[] parse(String option, List<String> items, List<String> names) {
    boolean[] selected = new boolean[names.size()];
    for (String list : items) {
      for (String item : list.split(",")) {
        select(option, item.strip(), names, selected);
      }
    }
    return selected;
  }

  private static void select(String option, String item, List<String> names, boolean[] selected) {
    Matcher range = RANGE.matcher(item);
    if (range.matches()) {
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (first > last || last >= names.size()) {
        throw unknown(option, item, names);
      }
      Arrays.fill(selected, first, last + 1, true);
      return;
    }
    boolean found = false;
    for (int f = 0; f < selected.length; f++) {
      String name = names.get(f);
      if (name.equalsIgnoreCase(item)
          || EDGES.matcher(name).replaceAll("").equalsIgnoreCase(item) && !item.isEmpty()) {
        selected[f] = true;
        found = true;
      }
    }
    if (!found) {
      throw unknown(option, item, names);
    }
  }

  private static InputException unknown(String option, String item, List<String> names) {
    List<String> listed = new ArrayList<>();
    for (int f = 0; f < Math.min(LISTED, names.size()); f++) {
      listed.add(f + " " + names.get(f));
    }
    return new InputException(
        option
            + " names the feature \""
            + item
            + "\", which the text does not have; it has "
            + String.join(", ", listed)
            + (names.size() > LISTED ? " ... " + (names.size() - 1) : ""));
  }

  /** The set bits of a packed mask as numbers and ranges, such as {@code 0-3,7}. */
  public static String describe(long[] words, int from, int features) {
    StringBuilder ranges = new StringBuilder();
    for (int first = 0; first < features; first++) {
      int end = first;
      while (end < features && (words[from + (end >>> 6)] >>> end & 1) != 0) {
        end++;
      }
      if (end > first) {
        ranges.append(ranges.isEmpty() ? "" : ",").append(first);
        ranges.append(end - 1 > first ? "-" + (end - 1) : "");
        first = end;
      }
    }
    return ranges.isEmpty() ? "none" : ranges.toString();
  }
}
