package dev.ablate.lens;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Things that people name by texts, such as features and labels. */
public interface Names {
  /** White space of any kind. */
  Pattern SPACES = Pattern.compile("[\\s\\p{Z}\\x85\\x1C-\\x1F]+");

  /** What people leave out at the ends when they name a word: punctuation and what is not seen. */
  Pattern EDGES = Pattern.compile("^[\\p{P}\\p{C}\\s]+|[\\p{P}\\p{C}\\s]+$");

  /** Which of them a text names, by their numbers; empty for none. */
  BitSet find(String name);

  /** Whether a text may be the beginning of such a name. */
  boolean mayBegin(String part);

  /** The names themselves: of things that are named by one text each. */
  static Names of(List<String> names) {
    List<String> folded = names.stream().map(Names::folded).toList();
    return new Names() {
      @Override
      public BitSet find(String name) {
        BitSet found = new BitSet();
        for (int n = 0; n < folded.size(); n++) {
          found.set(n, reads(folded.get(n), folded(name)));
        }
        return found;
      }

      @Override
      public boolean mayBegin(String part) {
        return folded.stream().anyMatch(name -> name.contains(folded(part)));
      }
    };
  }

  /**
   * A text without what people do not tell apart: case, one or two code points for a letter with an
   * accent (NFC), and how wide white space is.
   */
  static String folded(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
    String folded = composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    return SPACES
        .matcher(Normalizer.normalize(folded, Normalizer.Form.NFC))
        .replaceAll(" ")
        .strip();
  }

  /** Whether something is named by a text, both {@link #folded}: with or without its edges. */
  static boolean reads(String thing, String name) {
    return !name.isEmpty()
        && (thing.equals(name) || EDGES.matcher(thing).replaceAll("").equals(name));
  }

  /**
   * The items of a list with commas between them. Neighbours that only together are a name, such as
   * {@code $1,000}, are one item. An item may be empty.
   */
  default List<String> items(String list) {
    String[] parts = list.split(",", -1);
    List<String> items = new ArrayList<>();
    for (int from = 0; from < parts.length; from++) {
      StringBuilder joined = new StringBuilder(parts[from]);
      String item = parts[from];
      int last = from;
      for (int to = from + 1; to < parts.length && mayBegin(joined.toString()); to++) {
        joined.append(',').append(parts[to]);
        if (!find(joined.toString()).isEmpty()) {
          item = joined.toString();
          last = to;
        }
      }
      items.add(item.strip());
      from = last;
    }
    return items;
  }
}
