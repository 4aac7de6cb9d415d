package dev.ablate.lens;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads which features somebody names, such as {@code 0-3,7,never}. */
public final class FeatureSelection {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

  private static final int LISTED = 20;

  private final String option;
  private final List<String> names;
  private final Names readings;
  private final BitSet selected = new BitSet();

  private FeatureSelection(String option, List<String> names, Names readings) {
    this.option = option;
    this.names = names;
    this.readings = readings;
  }

  /** The same for features that are named by their names alone. */
  public static boolean[] parse(String option, List<String> items, List<String> names) {
    return parse(option, items, names, Names.of(names));
  }

  /**
   * Which features are named. Each item is a number, a range of numbers, or the text of a feature
   * with or without the punctuation around it, in any case and normal form; a text names every
   * feature that reads so. A number that no feature has is a text.
   *
   * @param option the setting that gave the items, for messages
   * @param items the items, each perhaps several with commas between them
   * @param names the names of all features
   * @param readings which features a text names
   * @throws InputException if an item is empty or names no feature, or if it may be understood as
   *     numbers and as a text
   */
  public static boolean[] parse(
      String option, List<String> items, List<String> names, Names readings) {
    FeatureSelection selection = new FeatureSelection(option, names, readings);
    for (String list : items) {
      readings.items(list).forEach(item -> selection.select(item, list));
    }
    boolean[] chosen = new boolean[names.size()];
    selection.selected.stream().forEach(f -> chosen[f] = true);
    return chosen;
  }

  private void select(String item, String list) {
    if (item.isEmpty()) {
      throw new InputException(
          option
              + " has an empty place in \""
              + Characters.line(list)
              + "\"; name a feature there or take the comma out; it has "
              + listed());
    }
    if (selectNumbers(item)) {
      return;
    }
    BitSet found = readings.find(item);
    if (found.isEmpty()) {
      throw unknown(item);
    }
    if (item.contains(",") && Arrays.stream(item.split(",")).allMatch(this::isPlainNumber)) {
      throw new InputException(
          option
              + " "
              + item
              + " may be numbers of features or the text of feature "
              + found.nextSetBit(0)
              + "; give that number, or the numbers one by one");
    }
    selected.or(found);
  }

  private boolean selectNumbers(String item) {
    Matcher range = RANGE.matcher(item);
    if (!range.matches()) {
      return false;
    }
    int first = Integer.parseInt(range.group(1));
    int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
    if (first > last || last >= names.size()) {
      return false;
    }
    selected.set(first, last + 1);
    return true;
  }

  /** As people write the number of a feature, which never begins with a needless 0. */
  private boolean isPlainNumber(String part) {
    return part.strip().matches("0|[1-9]\\d{0,8}") && Integer.parseInt(part.strip()) < names.size();
  }

  private InputException unknown(String item) {
    return new InputException(
        option
            + " names the feature \""
            + Characters.line(item)
            + "\", which the text does not have"
            + Lookalikes.of(item, names)
            + "; it has "
            + listed());
  }

  private String listed() {
    List<String> listed = new ArrayList<>();
    for (int f = 0; f < Math.min(LISTED, names.size()); f++) {
      listed.add(f + " " + Characters.line(names.get(f)));
    }
    return String.join(", ", listed) + (names.size() > LISTED ? " ... " + (names.size() - 1) : "");
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
