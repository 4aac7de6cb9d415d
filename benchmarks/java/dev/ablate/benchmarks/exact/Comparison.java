package dev.ablate.benchmarks.exact;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Two builds on the fits that both made: errors as ratios of means over the same games. */
final class Comparison {
  private final Map<String, JsonNode> before = new HashMap<>();
  private final Map<String, List<double[]>> pairs = new TreeMap<>();

  private Comparison(Results before) {
    before.rows().forEach(row -> this.before.put(row.get("key").asText(), row));
  }

  /** Prints this build's errors against another's. */
  static void print(Results now, Results before) {
    Comparison comparison = new Comparison(before);
    now.rows().forEach(comparison::add);
    System.out.printf(
        "%nagainst build %s%n%-24s %-8s %6s %5s %10s %10s %6s%n",
        before.commit(), "set", "what", "masks", "games", "now", "then", "ratio");
    comparison.pairs.forEach(
        (name, own) -> {
          double here = own.stream().mapToDouble(pair -> pair[0]).average().orElseThrow();
          double there = own.stream().mapToDouble(pair -> pair[1]).average().orElseThrow();
          System.out.printf(
              Locale.ROOT,
              "%s %5d %10.3e %10.3e %6.3f%n",
              name,
              own.size(),
              here,
              there,
              here / there);
        });
  }

  private void add(JsonNode row) {
    JsonNode other = before.get(row.get("key").asText());
    if (other == null || !row.has("indices") || !other.has("indices")) {
      return;
    }
    row.get("indices")
        .properties()
        .forEach(
            index ->
                pair(
                    row,
                    index.getKey(),
                    index.getValue().get("mse").asDouble(),
                    other.get("indices").path(index.getKey()).path("mse").asDouble()));
    if (row.has("r2") && row.get("family").asText().equals(Family.FAITHFUL.option())) {
      pair(row, "1 - R2", 1 - row.get("r2").asDouble(), 1 - other.get("r2").asDouble());
    }
  }

  private void pair(JsonNode row, String what, double now, double then) {
    String name =
        String.format("%-24s %-8s %6d", row.get("set").asText(), what, row.get("masks").asInt());
    pairs.computeIfAbsent(name, n -> new ArrayList<>()).add(new double[] {now, then});
  }
}
