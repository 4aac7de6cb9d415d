package dev.ablate.view;

import dev.ablate.code.Characters;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Names of features that can be told apart, and that a terminal shows and does not obey: a name
 * that repeats, or that only looks like another, carries its feature's number.
 */
final class FeatureLabels {
  private FeatureLabels() {}

  /** One label a feature. */
  static List<String> of(List<String> names) {
    List<String> shown =
        names.stream()
            .map(name -> Normalizer.normalize(Characters.line(name), Normalizer.Form.NFC))
            .toList();
    Map<String, Integer> count = new HashMap<>();
    shown.forEach(name -> count.merge(name, 1, Integer::sum));
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < shown.size(); i++) {
      labels.add(count.get(shown.get(i)) == 1 ? shown.get(i) : shown.get(i) + numbered(i));
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
      total += Characters.of(labels.get(feature)).size();
    }
    StringBuilder joined = new StringBuilder();
    for (int feature : features) {
      String label = labels.get(feature);
      String number = numbered(feature);
      int share = Math.max(1, width / features.length - number.length() - 1);
      List<String> characters = Characters.of(label);
      if (total > width && characters.size() > share) {
        label = String.join("", characters.subList(0, share)) + "…" + number;
      }
      joined.append(joined.length() == 0 ? "" : " × ").append(label);
    }
    return joined.toString();
  }

  private static String numbered(int feature) {
    return "[" + feature + "]";
  }
}
