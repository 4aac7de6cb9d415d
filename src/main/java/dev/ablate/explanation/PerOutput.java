package dev.ablate.explanation;

import java.util.List;

/**
 * Something for each output of an explanation. In a file it is the value itself where there is one
 * output and else a list.
 *
 * @param values one an output, at least one
 */
public record PerOutput<T>(List<T> values) {
  /** Copies the list. */
  public PerOutput {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("there is at least one output");
    }
  }

  /** The first output's. */
  public T first() {
    return values.get(0);
  }
}
