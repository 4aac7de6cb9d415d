package dev.ablate.lens;

import dev.ablate.code.Characters;
import java.text.Normalizer;
import java.util.List;

/** Finds words that look the same and are not: the message that refuses one must show it. */
final class Lookalikes {
  private Lookalikes() {}

  /** The part of a message about the first name that looks like a word; empty where none does. */
  static String of(String word, List<String> names) {
    for (int n = 0; n < names.size(); n++) {
      if (alike(word, names.get(n))) {
        return ": "
            + Characters.spelled(word)
            + " only looks like "
            + n
            + " "
            + Characters.spelled(names.get(n));
      }
    }
    return "";
  }

  private static boolean alike(String word, String name) {
    List<String> own = seen(word);
    List<String> other = seen(name);
    int same = 0;
    for (int c = 0; c < Math.min(own.size(), other.size()); c++) {
      if (own.get(c).equals(other.get(c))) {
        same++;
      } else if (!lettersOfTwoScripts(own.get(c).codePointAt(0), other.get(c).codePointAt(0))) {
        return false;
      }
    }
    return own.size() == other.size() && same > 0;
  }

  /** What is seen of a word without the punctuation around it, compatibility forms as one. */
  private static List<String> seen(String word) {
    StringBuilder seen = new StringBuilder();
    Names.folded(word)
        .codePoints()
        .filter(c -> !Characters.isInvisible(c))
        .forEach(seen::appendCodePoint);
    String compatible = Normalizer.normalize(seen, Normalizer.Form.NFKC);
    return Characters.of(Names.EDGES.matcher(compatible).replaceAll(""));
  }

  private static boolean lettersOfTwoScripts(int one, int other) {
    return Character.isLetter(one)
        && Character.isLetter(other)
        && Character.UnicodeScript.of(one) != Character.UnicodeScript.of(other);
  }
}
