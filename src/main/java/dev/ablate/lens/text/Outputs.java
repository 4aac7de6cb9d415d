package dev.ablate.lens.text;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.ablate.code.Characters;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Names of outputs. */
final class Outputs {
  /** Characters of a text that still names an output. */
  private static final int LONGEST = 60;

  private Outputs() {}

  /**
   * Names that are told from each other: of those that are alike, each has its number behind it.
   */
  static List<String> distinct(List<String> names) {
    Map<String, Long> alike = names.stream().collect(groupingBy(name -> name, counting()));
    List<String> numbered =
        IntStream.range(0, names.size()).mapToObj(o -> names.get(o) + " [" + o + "]").toList();
    List<String> distinct =
        IntStream.range(0, names.size())
            .mapToObj(o -> alike.get(names.get(o)) == 1 ? names.get(o) : numbered.get(o))
            .toList();
    return Set.copyOf(distinct).size() == distinct.size() ? distinct : numbered;
  }

  /** The beginning of a text, in one line. */
  static String title(String text) {
    List<String> characters = Characters.of(Characters.line(text.strip()));
    return characters.size() <= LONGEST
        ? String.join("", characters)
        : String.join("", characters.subList(0, LONGEST - 1)) + "…";
  }
}
