package dev.ablate.backend.kernel;

import java.util.Map;

/** Tuned numbers by name. They change speed, never results. */
public final class Tuning {
  private static final int GROUP_SIZE = 256;

  private final Map<String, Integer> numbers;

  /** With the given numbers; names that are missing take their default. */
  public Tuning(Map<String, Integer> numbers) {
    this.numbers = Map.copyOf(numbers);
  }

  /** A number, or its default. */
  public int get(String name, int otherwise) {
    return numbers.getOrDefault(name, otherwise);
  }

  /** Items a group where a kernel has no number of its own. */
  public int groupSize() {
    return get("group", GROUP_SIZE);
  }
}
