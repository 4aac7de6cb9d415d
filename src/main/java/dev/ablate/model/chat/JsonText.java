package dev.ablate.model.chat;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Values as Python's {@code json.dumps} writes them. */
final class JsonText {
  private final Run run;
  private final boolean ascii;
  private final String indent;
  private final String itemSeparator;
  private final String keySeparator;
  private final boolean sorted;
  private final StringBuilder text = new StringBuilder();

  private JsonText(
      Run run,
      boolean ascii,
      String indent,
      String itemSeparator,
      String keySeparator,
      boolean sorted) {
    this.run = run;
    this.ascii = ascii;
    this.indent = indent;
    this.itemSeparator = itemSeparator;
    this.keySeparator = keySeparator;
    this.sorted = sorted;
  }

  /** The filter {@code tojson}, with the arguments that transformers gives it. */
  static String of(Run run, Object value, Arguments args) {
    Object indent = args.get("indent", None.NONE);
    String blanks = null;
    if (indent instanceof String given) {
      blanks = given;
    } else if (!(indent instanceof None)) {
      blanks = " ".repeat(Math.max(0, Math.min(100, args.number("indent", 0))));
    }
    String items = blanks == null ? ", " : ",";
    String keys = ": ";
    Object separators = args.get("separators", None.NONE);
    if (separators instanceof List<?> two
        && two.size() == 2
        && two.get(0) instanceof String first
        && two.get(1) instanceof String second) {
      items = first;
      keys = second;
    } else if (!(separators instanceof None)) {
      throw new TemplateTrouble("tojson takes two texts as 'separators'");
    }
    JsonText json =
        new JsonText(run, args.flag("ensure_ascii"), blanks, items, keys, args.flag("sort_keys"));
    json.write(value, "\n");
    return json.text.toString();
  }

  private void write(Object value, String line) {
    int before = text.length();
    if (value instanceof String own) {
      quote(own);
    } else if (value instanceof List<?> list) {
      run.deeper(() -> writeList(list, line));
    } else if (value instanceof Map<?, ?> map) {
      run.deeper(() -> writeMap(map, line));
    } else if (value instanceof None || Python.isNumber(value)) {
      text.append(plain(value));
    } else {
      throw new TemplateTrouble("tojson is given what JSON cannot hold: " + Python.type(value));
    }
    run.make(text.length() - before);
  }

  private static String plain(Object value) {
    if (value instanceof None) {
      return "null";
    } else if (value instanceof Boolean truth) {
      return truth ? "true" : "false";
    } else if (value instanceof Double number) {
      return Double.isFinite(number)
          ? Python.decimalText(number)
          : number.isNaN() ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
    }
    return value.toString();
  }

  private boolean writeList(List<?> list, String line) {
    text.append('[');
    String inner = indent == null ? "" : line + indent;
    String separator = "";
    for (Object item : list) {
      text.append(separator).append(inner);
      write(item, inner);
      separator = itemSeparator;
    }
    text.append(list.isEmpty() || indent == null ? "" : line).append(']');
    return true;
  }

  private boolean writeMap(Map<?, ?> map, String line) {
    text.append('{');
    String inner = indent == null ? "" : line + indent;
    String separator = "";
    for (Map.Entry<?, ?> entry : entries(map)) {
      text.append(separator).append(inner);
      quote(entry.getKey() instanceof String key ? key : plain(entry.getKey()));
      text.append(keySeparator);
      write(entry.getValue(), inner);
      separator = itemSeparator;
    }
    text.append(map.isEmpty() || indent == null ? "" : line).append('}');
    return true;
  }

  private Collection<? extends Map.Entry<?, ?>> entries(Map<?, ?> map) {
    if (!sorted) {
      return map.entrySet();
    }
    Comparator<Map.Entry<?, ?>> order =
        (one, other) -> Python.compare(run, one.getKey(), other.getKey());
    return map.entrySet().stream().<Map.Entry<?, ?>>map(entry -> entry).sorted(order).toList();
  }

  private void quote(String own) {
    text.append('"');
    for (int c = 0; c < own.length(); c++) {
      char unit = own.charAt(c);
      switch (unit) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        case '\b' -> text.append("\\b");
        case '\f' -> text.append("\\f");
        default -> {
          boolean escaped = unit < ' ' || ascii && unit > 0x7E;
          text.append(escaped ? String.format("\\u%04x", (int) unit) : String.valueOf(unit));
        }
      }
    }
    text.append('"');
  }
}
