package dev.ablate.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names of heads, such as {@code L0H3}, and of sets of them.
 *
 * @param names one a feature
 */
record HeadNames(List<String> names) {
  private static final Pattern HEAD = Pattern.compile("L(\\d+)H(\\d+)");

  /** The layer of a feature. */
  int layer(int feature) {
    Matcher matcher = HEAD.matcher(names.get(feature));
    if (!matcher.matches()) {
      throw new IllegalStateException(names.get(feature) + " is no head");
    }
    return Integer.parseInt(matcher.group(1));
  }

  /** How many layers a set reaches over. */
  int layers(int[] set) {
    return (int) Arrays.stream(set).map(this::layer).distinct().count();
  }

  /** The feature of a head. */
  int feature(int layer, int head) {
    int feature = names.indexOf("L" + layer + "H" + head);
    if (feature < 0) {
      throw new IllegalStateException("there is no head L" + layer + "H" + head);
    }
    return feature;
  }

  /** A set, for people. */
  String of(int[] set) {
    return Arrays.stream(set).mapToObj(names::get).collect(Collectors.joining(", ", "{", "}"));
  }
}
