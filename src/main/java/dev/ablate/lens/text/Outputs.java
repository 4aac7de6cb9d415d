package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import java.util.List;

/** Names of outputs. */
final class Outputs {
  /** Characters of a text that still names an output. */
  private static final int LONGEST = 60;

  private Outputs() {}

  /** The beginning of a text, in one line. */
  static String title(String text) {
    List<String> characters = Characters.of(Characters.line(text.strip()));
    return characters.size() <= LONGEST
        ? String.join("", characters)
        : String.join("", characters.subList(0, LONGEST - 1)) + "…";
  }
}
