package dev.ablate.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.explanation.PerOutput;
import dev.ablate.explanation.RoundsReport;
import dev.ablate.explanation.RunReport;
import dev.ablate.solve.FitReport;
import dev.ablate.solve.Kept;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Makes a report of the {@code settings} object of a file. Nothing in it is refused: a key that has
 * no component, or whose value is not just what this version writes there, is kept as it stands, so
 * that files of other versions are read and lose nothing when they are written again.
 */
final class ReportReader {
  private static final String HASH = "_sha256";

  // The keys that no component has taken.
  private final ObjectNode left;

  private ReportReader(JsonNode object) {
    this.left = object.deepCopy();
  }

  /** The report of an object. */
  static RunReport read(JsonNode object) {
    return new ReportReader(object).report(object);
  }

  private RunReport report(JsonNode object) {
    String derived = take("derived", ReportReader::text);
    String backendChoice = take("backend_choice", ReportReader::text);
    String providerChoice = take("provider_choice", ReportReader::text);
    Long bytesToDevice = take("bytes_to_device", ReportReader::whole);
    Long bytesToHost = take("bytes_to_host", ReportReader::whole);
    String model = take("model", ReportReader::text);
    Map<String, String> hashes = new LinkedHashMap<>();
    for (String key : keysBefore(object, "design")) {
      String hash = key.endsWith(HASH) ? take(key, ReportReader::text) : null;
      if (hash != null) {
        hashes.put(key, hash);
      }
    }
    String design = take("design", ReportReader::text);
    Long designMasks = take("design_masks", ReportReader::whole);
    RoundsReport rounds = take("rounds", ReportReader::rounds);
    Long journalMasks = take("journal_masks", ReportReader::whole);
    String index = take("index", ReportReader::text);
    Integer order = take("order", node -> node.isInt() ? node.intValue() : null);
    PerOutput<FitReport> solver = take("solver", node -> perOutput(node, ReportReader::fit));
    List<String> notes = take("notes", node -> list(node, ReportReader::text));
    // The names are the lens's own: they are known by their place, between model and design.
    ObjectNode lens = Json.MAPPER.createObjectNode();
    for (String key : keysBefore(object, "design")) {
      if (left.has(key)) {
        lens.set(key, left.remove(key));
      }
    }
    return new RunReport(
        derived,
        backendChoice,
        providerChoice,
        bytesToDevice,
        bytesToHost,
        model,
        hashes,
        KeptKeys.of(lens).entries(),
        design,
        designMasks,
        rounds,
        journalMasks,
        index,
        order,
        solver,
        notes == null ? List.of() : notes,
        kept());
  }

  /** What a component holds, null and left where it stands when the value is of another kind. */
  private <T> T take(String key, Function<JsonNode, T> kind) {
    T value = read(left.get(key), kind);
    if (value != null) {
      left.remove(key);
    }
    return value;
  }

  private Kept kept() {
    return left.isEmpty() ? null : KeptKeys.of(left);
  }

  /** The keys before another, none where that one is missing. */
  private static List<String> keysBefore(JsonNode object, String end) {
    List<String> keys = new ArrayList<>();
    if (object.has(end)) {
      Iterator<String> names = object.fieldNames();
      for (String name = names.next(); !name.equals(end); name = names.next()) {
        keys.add(name);
      }
    }
    return keys;
  }

  private static RoundsReport rounds(JsonNode node) {
    Double target = read(node.get("target_r2"), ReportReader::number);
    String stopped = read(node.get("stopped"), ReportReader::text);
    List<RoundsReport.Round> rounds =
        read(node.get("rounds"), list -> list(list, ReportReader::round));
    boolean all = target != null && stopped != null && rounds != null && node.size() == 3;
    return all ? new RoundsReport(target, stopped, rounds) : null;
  }

  private static RoundsReport.Round round(JsonNode node) {
    Long masks = read(node.get("masks"), ReportReader::whole);
    PerOutput<Double> r2 = numbers(node.get("r2"));
    PerOutput<Double> error = numbers(node.get("standard_error"));
    boolean all = masks != null && r2 != null && node.size() == (error == null ? 2 : 3);
    return all ? new RoundsReport.Round(masks, r2, error) : null;
  }

  private static PerOutput<Double> numbers(JsonNode node) {
    return read(node, each -> perOutput(each, ReportReader::number));
  }

  private static FitReport fit(JsonNode node) {
    return node.isObject() ? new ReportReader(node).fit() : null;
  }

  private FitReport fit() {
    Map<String, Double> heldOutR2 = read(left.get("held_out_r2"), ReportReader::byName);
    String chosen = read(left.get("chosen"), ReportReader::text);
    if (heldOutR2 == null || chosen == null) {
      return new FitReport.FromFile(KeptKeys.of(left));
    }
    left.remove(Set.of("held_out_r2", "chosen"));
    List<Double> scores = take("energy_left_scores", node -> list(node, ReportReader::number));
    Double clear = take("energy_clear_score", ReportReader::number);
    return new FitReport.Contest(
        heldOutR2,
        chosen,
        scores == null ? List.of() : scores,
        clear,
        new FitReport.FromFile(KeptKeys.of(left)));
  }

  private static <T> T read(JsonNode node, Function<JsonNode, T> kind) {
    return node == null ? null : kind.apply(node);
  }

  private static String text(JsonNode node) {
    return node.textValue();
  }

  private static Long whole(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong() ? (Long) node.longValue() : null;
  }

  /** A number, NaN for what could not be written. */
  private static Double number(JsonNode node) {
    return node.isNull() ? (Double) Double.NaN : node.isNumber() ? node.doubleValue() : null;
  }

  private static Map<String, Double> byName(JsonNode node) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    node.properties().forEach(e -> numbers.put(e.getKey(), number(e.getValue())));
    return !node.isObject() || numbers.containsValue(null) ? null : numbers;
  }

  private static <T> PerOutput<T> perOutput(JsonNode node, Function<JsonNode, T> kind) {
    List<T> values = node.isArray() ? list(node, kind) : one(kind.apply(node));
    return values == null ? null : new PerOutput<>(values);
  }

  private static <T> List<T> one(T value) {
    return value == null ? null : List.of(value);
  }

  /** A list of at least one element, null where an element is of another kind. */
  private static <T> List<T> list(JsonNode node, Function<JsonNode, T> kind) {
    List<T> values = new ArrayList<>();
    for (JsonNode element : node) {
      T value = kind.apply(element);
      if (value == null) {
        return null;
      }
      values.add(value);
    }
    return node.isArray() && !values.isEmpty() ? values : null;
  }
}
