package dev.ablate.model;

import dev.ablate.code.InputException;
import java.util.List;

/**
 * What stands in the place of what a component gives, where it is switched off. A scale between 0
 * and 1 mixes the two.
 */
public sealed interface Replacement {
  /** Nothing: zeros. */
  record Zero() implements Replacement {}

  /**
   * The mean of what the component gives in other texts, with nothing switched off.
   *
   * @param reference their rows of tokens, at least one; those of a language model are whole rows,
   *     prompts with their answers where the rows asked about have some
   * @param perPosition whether each position has the mean of its own; positions that no reference
   *     has take that of the last one that some have
   */
  record Mean(List<int[]> reference, boolean perPosition) implements Replacement {
    /** Checks that there is something to take the mean of. */
    public Mean {
      reference = requireRows(reference);
    }
  }

  /**
   * What the component gives in one other text, position by position, with nothing switched off. A
   * row always meets the same other text, whatever is switched off and whichever rows are beside
   * it. Positions that this one does not have take its last.
   *
   * @param reference rows of tokens to draw from, at least one; a row draws among those of its own
   *     length, or, where there are none, of the nearest, and never itself where there is another
   * @param seed decides which
   */
  record Drawn(List<int[]> reference, long seed) implements Replacement {
    /** Checks that there is something to draw from. */
    public Drawn {
      reference = requireRows(reference);
    }
  }

  /**
   * The same from a text that belongs to the row, such as a corrupted prompt to a clean one.
   *
   * @param rows rows of tokens, as they are asked about later
   * @param partners for each the other text
   */
  record Paired(List<int[]> rows, List<int[]> partners) implements Replacement {
    /** Checks that each has one. */
    public Paired {
      rows = requireRows(rows);
      partners = requireRows(partners);
      if (rows.size() != partners.size()) {
        throw new InputException(
            "there are "
                + rows.size()
                + " texts and "
                + partners.size()
                + " others to take replacements from; give one for each");
      }
    }
  }

  private static List<int[]> requireRows(List<int[]> rows) {
    if (InputException.required(rows, "the reference").isEmpty()
        || rows.stream().anyMatch(row -> row.length == 0)) {
      throw new InputException(
          "the reference for replacements has "
              + (rows.isEmpty() ? "no text" : "a text without tokens")
              + "; give at least one text, each with at least one token");
    }
    return List.copyOf(rows);
  }
}
