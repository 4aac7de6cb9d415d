package dev.ablate.explanation;

import dev.ablate.index.Index;
import dev.ablate.index.IndexValues;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Interactions in one index. Sets that are not listed have the value 0.
 *
 * @param index the index
 * @param order the highest order asked for
 * @param values by falling magnitude
 */
public record Interactions(Index index, int order, List<Interaction> values) {
  /** Copies the list and puts the largest magnitude first; equal ones keep their order. */
  public Interactions {
    values =
        values.stream()
            .sorted(Comparator.comparingDouble(interaction -> -Math.abs(interaction.value())))
            .toList();
  }

  /** What a conversion gave, as records. */
  public static Interactions of(IndexValues values) {
    List<Interaction> list = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      list.add(new Interaction(values.sets().get(i), values.value(i), values.standardError(i)));
    }
    return new Interactions(values.index(), values.order(), list);
  }

  /** The {@code count} largest of at least one feature; the empty set is left out. */
  public List<Interaction> top(int count) {
    return values.stream().filter(i -> i.order() > 0).limit(count).toList();
  }

  /** Those between two orders, both included. */
  public Interactions ofOrders(int min, int max) {
    Predicate<Interaction> within = i -> i.order() >= min && i.order() <= max;
    return new Interactions(index, order, values.stream().filter(within).toList());
  }
}
