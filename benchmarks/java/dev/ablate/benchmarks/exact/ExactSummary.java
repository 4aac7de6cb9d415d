package dev.ablate.benchmarks.exact;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.benchmarks.exact.Published.Cell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What a file of results shows, against the published curves. */
public final class ExactSummary {
  /** With every mask evaluated the error may be so large a share of the variance. */
  private static final double ROUNDING = 1e-12;

  private static final int LARGE = 100;
  private static final double WORSE = 2;
  private static final int LEAST_COVERED = 200;
  private static final int MOST_COVERED = 2000;

  private final Published published;
  private final Results results;

  /** Of some lines of results. */
  public ExactSummary(Published published, List<String> lines) {
    this.published = published;
    this.results = new Results(lines);
  }

  /**
   * A published cell that was measured.
   *
   * @param games on which the product gave an answer
   * @param refused games whose budget it refused
   * @param mean our mean squared error, NaN where it refused all
   * @param every whether every mask was evaluated
   */
  private record Measured(
      Cell cell,
      int features,
      int games,
      int refused,
      double mean,
      String method,
      double lowest,
      boolean every,
      boolean rounding) {
    double ratio() {
      return mean / lowest;
    }

    boolean met() {
      return refused == 0 && (every ? rounding : ratio() <= 1);
    }

    boolean small() {
      return cell.masks() <= (1 << features) / 8;
    }
  }

  /** Prints everything; a table and pictures go where they are asked for. */
  public void print(Path markdown, Path svg) throws IOException {
    System.out.println(
        results.rows().size()
            + " fits of build "
            + results.commit()
            + (results.others() == 0
                ? ""
                : "; " + results.others() + " lines of other builds do not count"));
    List<Measured> cells = measured();
    cells(cells);
    shares(cells);
    unpublished();
    faithfulness();
    coverage();
    seconds();
    if (markdown != null) {
      Files.writeString(markdown, markdown(cells));
    }
    if (svg != null) {
      ExactPictures.draw(published, results, svg);
    }
  }

  /** Prints the errors against those of other lines of results, on the fits that both hold. */
  public void against(List<String> lines) {
    Comparison.print(results, new Results(lines));
  }

  private List<Measured> measured() {
    List<Measured> cells = new ArrayList<>();
    for (Cell cell : published.cells()) {
      if (!results.all(cell).isEmpty()) {
        int features = features(cell.set());
        Map.Entry<String, Double> lowest = published.lowest(cell);
        int games = results.fitted(cell).size();
        cells.add(
            new Measured(
                cell,
                features,
                games,
                results.all(cell).size() - games,
                results.mean(cell, "mse"),
                lowest.getKey(),
                lowest.getValue(),
                cell.masks() == 1 << features,
                results.worstShare(cell) <= ROUNDING));
      }
    }
    return cells;
  }

  /** Sets end their names with the number of features, perhaps followed by more. */
  static int features(String set) {
    for (String part : set.split("-")) {
      if (part.matches("[0-9]+")) {
        return Integer.parseInt(part);
      }
    }
    throw new IllegalArgumentException(set + " does not say how many features it has");
  }

  private void cells(List<Measured> cells) {
    System.out.printf(
        "%n%-24s %-6s %6s %5s %10s %10s %6s  %-22s %s%n",
        "set", "index", "masks", "games", "ours", "lowest", "ratio", "by", "met");
    for (Measured m : cells) {
      System.out.printf(
          Locale.ROOT,
          "%-24s %-6s %6d %5d %10.3e %10.3e %6.2f  %-22s %s%n",
          m.cell().set(),
          m.cell().asked(),
          m.cell().masks(),
          m.games(),
          m.mean(),
          m.lowest(),
          m.ratio(),
          m.method(),
          (m.met() ? "yes" : "no") + (m.refused() > 0 ? ", refused " + m.refused() : ""));
    }
  }

  private static void shares(List<Measured> cells) {
    System.out.println();
    share("at or below the lowest, masks <= 2^n/8 (asked .80)", cells, Measured::small);
    share("at or below the lowest, all (asked .60, moonshot .90)", cells, m -> true);
    Map<String, List<Measured>> bySet = new LinkedHashMap<>();
    cells.forEach(m -> bySet.computeIfAbsent(m.cell().set(), s -> new ArrayList<>()).add(m));
    bySet.forEach((set, own) -> share("  " + set + ", masks <= 2^n/8", own, Measured::small));
    Map<String, List<Measured>> byIndex = new LinkedHashMap<>();
    cells.forEach(m -> byIndex.computeIfAbsent(m.cell().asked(), s -> new ArrayList<>()).add(m));
    byIndex.forEach((index, own) -> share("  " + index + ", masks <= 2^n/8", own, Measured::small));
    for (boolean small : new boolean[] {true, false}) {
      List<Measured> of =
          cells.stream().filter(m -> m.cell().masks() >= LARGE && (m.small() || !small)).toList();
      List<Measured> worse = of.stream().filter(m -> !m.met() && !(m.ratio() <= WORSE)).toList();
      System.out.printf(
          Locale.ROOT,
          "above twice the lowest, %d masks and more%s (asked .05): %d of %d, %.3f%n",
          LARGE,
          small ? ", <= 2^n/8" : "",
          worse.size(),
          of.size(),
          worse.size() / (double) of.size());
      for (Measured m : worse) {
        System.out.printf(
            Locale.ROOT,
            "  %s %s %d: %.2f of %s%n",
            m.cell().set(),
            m.cell().asked(),
            m.cell().masks(),
            m.ratio(),
            m.method());
      }
    }
  }

  private static void share(String what, List<Measured> cells, Predicate<Measured> which) {
    List<Measured> of = cells.stream().filter(which).toList();
    long met = of.stream().filter(Measured::met).count();
    System.out.printf(
        Locale.ROOT, "%s: %d of %d, %.3f%n", what, met, of.size(), met / (double) of.size());
  }

  /** Indices and sets on which nobody published errors. */
  private void unpublished() {
    System.out.printf(
        "%nnothing published%n%-24s %-8s %6s %5s %10s %6s %6s %6s%n",
        "set", "index", "masks", "games", "mse", "at 5", "at 10", "rank");
    for (Cell cell : results.cells()) {
      boolean curve =
          published.cells().stream()
              .anyMatch(c -> c.set().equals(cell.set()) && c.asked().equals(cell.asked()));
      if (!curve && !results.fitted(cell).isEmpty()) {
        System.out.printf(
            Locale.ROOT,
            "%-24s %-8s %6d %5d %10.3e %6.3f %6.3f %6.3f%n",
            cell.set(),
            cell.asked(),
            cell.masks(),
            results.fitted(cell).size(),
            results.mean(cell, "mse"),
            results.mean(cell, "precision5"),
            results.mean(cell, "precision10"),
            results.mean(cell, "rank"));
      }
    }
  }

  private void faithfulness() {
    Map<String, List<JsonNode>> groups = new TreeMap<>();
    for (JsonNode row : results.rows()) {
      if (row.has("r2") && row.get("family").asText().equals(Family.FAITHFUL.option())) {
        String name = String.format("%-24s %6d", row.get("set").asText(), row.get("masks").asInt());
        groups.computeIfAbsent(name, n -> new ArrayList<>()).add(row);
      }
    }
    if (groups.isEmpty()) {
      return;
    }
    System.out.printf(
        "%nR2 over all masks with --index %s; ceiling: the largest 200 terms%n%-24s %6s %5s %8s"
            + " %8s %s%n",
        Family.FAITHFUL.index().label(),
        "set",
        "masks",
        "games",
        "1-R2",
        "ceiling",
        "R2 / ceiling");
    groups.forEach(
        (name, rows) ->
            System.out.printf(
                Locale.ROOT,
                "%s %5d %8.4f %8.4f %.3f%n",
                name,
                rows.size(),
                Results.mean(rows, row -> 1 - row.get("r2").asDouble()),
                Results.mean(rows, row -> row.get("ceiling200").asDouble()),
                Results.mean(
                    rows, row -> row.get("r2").asDouble() / row.get("ceiling200").asDouble())));
  }

  private void coverage() {
    System.out.printf(
        "%nnominal 90%% intervals, %d to %d masks by size and fewer than all%n%-24s %-6s %8s %9s"
            + " %s%n",
        LEAST_COVERED, MOST_COVERED, "set", "index", "values", "intervals", "hold");
    for (String asked : List.of("SV 1", "SII 2")) {
      long[] all = new long[3];
      for (String set : EvaluatedSet.NAMES) {
        long[] own = new long[3];
        for (JsonNode row : results.rows()) {
          JsonNode score = row.path("indices").path(asked);
          int masks = row.get("masks").asInt();
          boolean counts = masks >= LEAST_COVERED && masks <= MOST_COVERED;
          if (row.get("set").asText().equals(set)
              && counts
              && masks < 1 << features(set)
              && !score.isMissingNode()) {
            own[0] += SmallSets.of(features(set), asked.equals("SV 1") ? 1 : 2).length;
            own[1] += score.get("intervals").asLong();
            own[2] += score.get("held").asLong();
          }
        }
        coverage(set, asked, own);
        for (int i = 0; i < all.length; i++) {
          all[i] += own[i];
        }
      }
      coverage("(all)", asked, all);
    }
  }

  private static void coverage(String set, String asked, long[] counts) {
    if (counts[0] > 0) {
      System.out.printf(
          Locale.ROOT,
          "%-24s %-6s %8d %9d %.3f%n",
          set,
          asked,
          counts[0],
          counts[1],
          counts[2] / (double) counts[1]);
    }
  }

  /** Seconds as the fits took them, beside whatever else ran; {@code ExactTime} measures speed. */
  private void seconds() {
    System.out.printf(
        "%nseconds of the fits%n%-24s %-9s %5s %9s %22s%n",
        "set", "family", "fits", "all", "median at 1,000-2,000");
    Map<String, List<JsonNode>> groups = new TreeMap<>();
    for (JsonNode row : results.rows()) {
      if (row.has("seconds")) {
        String name =
            String.format("%-24s %-9s", row.get("set").asText(), row.get("family").asText());
        groups.computeIfAbsent(name, n -> new ArrayList<>()).add(row);
      }
    }
    double all = 0;
    for (Map.Entry<String, List<JsonNode>> group : groups.entrySet()) {
      List<JsonNode> rows = group.getValue();
      double own = rows.stream().mapToDouble(row -> row.get("seconds").asDouble()).sum();
      all += own;
      double[] timed =
          rows.stream()
              .filter(row -> row.get("masks").asInt() >= 1000 && row.get("masks").asInt() <= 2000)
              .mapToDouble(row -> row.get("seconds").asDouble())
              .sorted()
              .toArray();
      System.out.printf(
          Locale.ROOT,
          "%s %5d %9.0f %22s%n",
          group.getKey(),
          rows.size(),
          own,
          timed.length == 0 ? "-" : String.format(Locale.ROOT, "%.2f", timed[timed.length / 2]));
    }
    System.out.printf(Locale.ROOT, "all fits together: %.0f s%n", all);
  }

  private String markdown(List<Measured> cells) {
    StringBuilder table =
        new StringBuilder(
            "| set | index | masks | games | ours | lowest published | by | ratio | at 5 | at 10 |"
                + " rank |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (Measured m : cells) {
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %,d | %d | %.2e | %.2e | %s | %.2f | %.2f | %.2f | %.2f |%n",
              m.cell().set(),
              m.cell().asked(),
              m.cell().masks(),
              m.games(),
              m.mean(),
              m.lowest(),
              m.method(),
              m.ratio(),
              results.mean(m.cell(), "precision5"),
              results.mean(m.cell(), "precision10"),
              results.mean(m.cell(), "rank")));
    }
    return table.toString();
  }
}
