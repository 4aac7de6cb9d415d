package dev.ablate.benchmarks.exact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The errors that others published on these games: {@code published.csv}. */
public final class Published {
  /**
   * A point that curves share.
   *
   * @param set which games
   * @param asked the index as {@link Asked#label} writes it
   * @param masks evaluated masks
   */
  public record Cell(String set, String asked, int masks) {}

  private final Map<Cell, Map<String, Double>> cells = new LinkedHashMap<>();

  private Published(List<String> lines) {
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",");
      Cell cell = new Cell(fields[0], fields[1] + " " + fields[2], Integer.parseInt(fields[4]));
      cells
          .computeIfAbsent(cell, c -> new TreeMap<>())
          .put(fields[3], Double.parseDouble(fields[5]));
    }
  }

  /** Reads the file. */
  public static Published read() {
    try {
      return new Published(Files.readAllLines(EvaluatedSet.FOLDER.resolve("published.csv")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every cell, a curve after the other by rising masks. */
  public List<Cell> cells() {
    List<Cell> sorted = new ArrayList<>(cells.keySet());
    sorted.sort(
        Comparator.comparing(Cell::set).thenComparing(Cell::asked).thenComparing(Cell::masks));
    return sorted;
  }

  /** Mean squared errors at a cell by method; none where nothing was published. */
  public Map<String, Double> at(Cell cell) {
    return cells.getOrDefault(cell, Map.of());
  }

  /** The method with the lowest error at a cell. */
  public Map.Entry<String, Double> lowest(Cell cell) {
    return at(cell).entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow();
  }

  /** The masks at which something was published of a set in any of some indices. */
  public TreeSet<Integer> masks(String set, List<Asked> asked) {
    List<String> labels = asked.stream().map(Asked::label).toList();
    TreeSet<Integer> masks = new TreeSet<>();
    for (Cell cell : cells.keySet()) {
      if (cell.set().equals(set) && labels.contains(cell.asked())) {
        masks.add(cell.masks());
      }
    }
    return masks;
  }
}
