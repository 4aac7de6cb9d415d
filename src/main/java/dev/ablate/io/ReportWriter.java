package dev.ablate.io;

import dev.ablate.explanation.PerOutput;
import dev.ablate.explanation.RunReport;
import dev.ablate.solve.Unwrapped;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reports as JSON: a record is an object whose keys are its components in their order, {@code
 * heldOutR2} as {@code held_out_r2}. Null and empty lists are left out.
 */
final class ReportWriter {
  private ReportWriter() {}

  /** A report as maps, lists, texts, booleans and numbers; those that are not finite are null. */
  static Object write(RunReport report) {
    return Json.finite(keys(report));
  }

  private static Map<String, Object> keys(Record report) {
    Map<String, Object> keys = new LinkedHashMap<>();
    for (RecordComponent component : report.getClass().getRecordComponents()) {
      Object value = value(report, component);
      if (component.isAnnotationPresent(Unwrapped.class)) {
        keys.putAll(entries(value));
      } else if (value != null && !List.of().equals(value)) {
        keys.put(key(component.getName()), plain(value));
      }
    }
    return keys;
  }

  private static Object value(Record report, RecordComponent component) {
    try {
      return component.getAccessor().invoke(report);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("reports are public records: " + component, e);
    }
  }

  private static String key(String component) {
    return component.replaceAll("[A-Z]", "_$0").toLowerCase(Locale.ROOT);
  }

  /** What an unwrapped component puts into the object of its record. */
  private static Map<String, Object> entries(Object value) {
    if (value == null) {
      return Map.of();
    }
    if (value instanceof KeptKeys kept) {
      return kept.entries();
    }
    return value instanceof Record record ? keys(record) : entries((Map<?, ?>) value);
  }

  private static Map<String, Object> entries(Map<?, ?> map) {
    Map<String, Object> entries = new LinkedHashMap<>();
    map.forEach((key, value) -> entries.put(key.toString(), plain(value)));
    return entries;
  }

  private static Object plain(Object value) {
    if (value instanceof PerOutput<?> each) {
      return each.values().size() == 1 ? plain(each.first()) : plain(each.values());
    }
    if (value instanceof Record record) {
      return keys(record);
    }
    if (value instanceof Map<?, ?> map) {
      return entries(map);
    }
    return value instanceof List<?> list ? list.stream().map(ReportWriter::plain).toList() : value;
  }
}
