package dev.ablate.view;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Names of features that can be told apart: a name that repeats carries its feature's number. */
final class FeatureLabels {
  private FeatureLabels() {}

  /** One label a feature. */
  static List<String> of(List<String> names) {
    Map<String, Integer> count = new HashMap<>();
    names.forEach(name -> count.merge(name, 1, Integer::sum));
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      labels.add(count.get(names.get(i)) == 1 ? names.get(i) : names.get(i) + numbered(i));
    }
    return labels;
  }

  /**
   * The labels of a set, joined. Labels that are too long together are cut to equal shares and
   * numbered, so that they can still be told apart.
   *
   * @param width most characters of all labels together
   */
  static String join(int[] features, List<String> labels, int width) {
    int total = 0;
    for (int feature : features) {
      total += labels.get(feature).length();
    }
    StringBuilder joined = new StringBuilder();
    for (int feature : features) {
      String label = labels.get(feature);
      String number = numbered(feature);
      int share = Math.max(1, width / features.length - number.length() - 1);
      if (total > width && label.length() > share) {
        label = label.substring(0, share) + "…" + number;
      }
      joined.append(joined.length() == 0 ? "" : " × ").append(label);
    }
    return joined.toString();
  }

  private static String numbered(int feature) {
    return "[" + feature + "]";
  }
}
