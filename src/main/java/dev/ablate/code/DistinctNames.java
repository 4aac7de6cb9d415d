package dev.ablate.code;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Names that are told from each other, as journals need them to know whose values they hold. */
public final class DistinctNames {
  private DistinctNames() {}

  /** The names in their order; of those that are alike, each has its number behind it. */
  public static List<String> of(List<String> names) {
    Map<String, Long> alike = names.stream().collect(groupingBy(name -> name, counting()));
    List<String> numbered =
        IntStream.range(0, names.size()).mapToObj(n -> names.get(n) + " [" + n + "]").toList();
    List<String> distinct =
        IntStream.range(0, names.size())
            .mapToObj(n -> alike.get(names.get(n)) == 1 ? names.get(n) : numbered.get(n))
            .toList();
    return Set.copyOf(distinct).size() == distinct.size() ? distinct : numbered;
  }
}
