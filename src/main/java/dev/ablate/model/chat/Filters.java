package dev.ablate.model.chat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Jinja's filters, with {@code tojson} as transformers has it. */
final class Filters {
  private static final Pattern WORD =
      Pattern.compile("[-\\s({\\[<]+|[^-\\s({\\[<]+", Pattern.UNICODE_CHARACTER_CLASS);

  /** Makes a value of a value. */
  interface Filter {
    Object of(Run run, Object value, List<Object> args, Map<String, Object> named);
  }

  /** A filter with its parameters. */
  private interface Body {
    Object of(Run run, Object value, Arguments args);
  }

  private record Entry(Body body, String... parameters) {}

  private static final Map<String, Entry> FILTERS =
      Map.ofEntries(
          Map.entry("trim", new Entry((r, v, a) -> trim(r, v, a), "chars")),
          Map.entry("upper", new Entry((r, v, a) -> Python.text(r, v).toUpperCase(Locale.ROOT))),
          Map.entry("lower", new Entry((r, v, a) -> Python.text(r, v).toLowerCase(Locale.ROOT))),
          Map.entry(
              "capitalize", new Entry((r, v, a) -> TextMethods.capitalized(Python.text(r, v)))),
          Map.entry("title", new Entry((r, v, a) -> title(Python.text(r, v)))),
          Map.entry("string", new Entry((r, v, a) -> Python.text(r, v))),
          Map.entry("replace", new Entry(Filters::replace, "old", "new", "count")),
          Map.entry("indent", new Entry(Filters::indent, "width", "first", "blank")),
          Map.entry("join", new Entry(Filters::join, "d", "attribute")),
          Map.entry("length", new Entry((r, v, a) -> length(v))),
          Map.entry("count", new Entry((r, v, a) -> length(v))),
          Map.entry("default", new Entry(Filters::otherwise, "default_value", "boolean")),
          Map.entry("d", new Entry(Filters::otherwise, "default_value", "boolean")),
          Map.entry("first", new Entry((r, v, a) -> end(r, v, true))),
          Map.entry("last", new Entry((r, v, a) -> end(r, v, false))),
          Map.entry("list", new Entry((r, v, a) -> Parts.iterated(r, v))),
          Map.entry("reverse", new Entry((r, v, a) -> reversed(r, v))),
          Map.entry("items", new Entry((r, v, a) -> items(r, v))),
          Map.entry("dictsort", new Entry(Filters::dictSort, "case_sensitive", "by", "reverse")),
          Map.entry("sort", new Entry(Filters::sort, "reverse", "case_sensitive", "attribute")),
          Map.entry("unique", new Entry(Filters::unique, "case_sensitive", "attribute")),
          Map.entry(
              "min", new Entry((r, v, a) -> extreme(r, v, a, -1), "case_sensitive", "attribute")),
          Map.entry(
              "max", new Entry((r, v, a) -> extreme(r, v, a, 1), "case_sensitive", "attribute")),
          Map.entry("sum", new Entry(Filters::sum, "attribute", "start")),
          Map.entry("abs", new Entry((r, v, a) -> absolute(v))),
          Map.entry("int", new Entry((r, v, a) -> whole(v, a), "default", "base")),
          Map.entry("float", new Entry((r, v, a) -> decimal(v, a.get("default", 0.0)), "default")),
          Map.entry("round", new Entry((r, v, a) -> round(v, a), "precision", "method")),
          Map.entry(
              "tojson",
              new Entry(JsonText::of, "ensure_ascii", "indent", "separators", "sort_keys")));

  private Filters() {}

  /**
   * A filter.
   *
   * @throws TemplateTrouble if it is not known
   */
  static Filter of(String name, int line) {
    switch (name) {
      case "map":
        return Filters::map;
      case "select", "reject", "selectattr", "rejectattr":
        return (run, value, args, named) ->
            select(run, value, args, name.startsWith("select"), name.endsWith("attr"));
      case "format":
        return (run, value, args, named) ->
            Percent.format(run, Python.text(run, value), named.isEmpty() ? new Tuple(args) : named);
      default:
        break;
    }
    Entry entry = FILTERS.get(name);
    if (entry == null) {
      throw new TemplateTrouble("the filter '" + name + "' is not known here").at(line);
    }
    return (run, value, args, named) -> {
      run.step();
      return entry.body().of(run, value, Arguments.of(name, args, named, entry.parameters()));
    };
  }

  private static Object trim(Run run, Object value, Arguments args) {
    Object chars = args.get("chars", None.NONE);
    return TextMethods.call(run, Python.text(run, value), "strip", chars);
  }

  private static String title(String text) {
    StringBuilder title = new StringBuilder();
    Matcher word = WORD.matcher(text);
    while (word.find()) {
      int first = word.group().offsetByCodePoints(0, 1);
      title
          .append(word.group().substring(0, first).toUpperCase(Locale.ROOT))
          .append(word.group().substring(first).toLowerCase(Locale.ROOT));
    }
    return title.toString();
  }

  private static Object replace(Run run, Object value, Arguments args) {
    Object count = args.get("count", None.NONE);
    return TextMethods.call(
        run,
        Python.text(run, value),
        "replace",
        Python.text(run, args.get("old")),
        Python.text(run, args.get("new")),
        count instanceof None ? (Object) (-1L) : count);
  }

  private static Object indent(Run run, Object value, Arguments args) {
    if (!(value instanceof String)) {
      throw new TemplateTrouble("the filter 'indent' is given " + Python.type(value));
    }
    String blanks =
        args.get("width", 4L) instanceof String given
            ? given
            : " ".repeat(Math.max(0, Math.min(1000, args.number("width", 4))));
    List<String> lines = new ArrayList<>();
    Object split = TextMethods.call(run, Python.text(run, value) + "\n", "splitlines");
    ((List<?>) split).forEach(line -> lines.add((String) line));
    run.make((long) blanks.length() * lines.size());
    StringBuilder text = new StringBuilder(args.flag("first") ? blanks : "");
    text.append(lines.get(0));
    for (String line : lines.subList(1, lines.size())) {
      text.append('\n').append(args.flag("blank") || !line.isEmpty() ? blanks : "").append(line);
    }
    return text.toString();
  }

  private static Object join(Run run, Object value, Arguments args) {
    String separator = Python.text(run, args.get("d", ""));
    StringBuilder text = new StringBuilder();
    String between = "";
    for (Object item : Parts.iterated(run, value)) {
      String more = Python.text(run, attribute(run, item, args));
      run.make(between.length() + (long) more.length());
      text.append(between).append(more);
      between = separator;
    }
    return text.toString();
  }

  private static long length(Object value) {
    if (value instanceof String text) {
      return text.codePointCount(0, text.length());
    } else if (value instanceof List<?> list) {
      return list.size();
    } else if (value instanceof Map<?, ?> map) {
      return map.size();
    } else if (value instanceof Lazy lazy && !lazy.isOnce()) {
      return lazy.take().size();
    } else if (value instanceof LoopState loop) {
      return (Long) loop.get("length");
    } else if (value instanceof Undefined) {
      return 0;
    }
    throw new TemplateTrouble("a " + Python.type(value) + " has no length");
  }

  private static Object otherwise(Run run, Object value, Arguments args) {
    boolean missing = value instanceof Undefined || args.flag("boolean") && !Python.truth(value);
    return missing ? args.get("default_value", "") : value;
  }

  private static Object end(Run run, Object value, boolean first) {
    if (!first && value instanceof Lazy lazy && lazy.isOnce()) {
      throw new TemplateTrouble("the filter 'last' is given what has no last item");
    }
    List<Object> items = Parts.iterated(run, value);
    if (items.isEmpty()) {
      return new Undefined("there is no " + (first ? "first" : "last") + " item");
    }
    return items.get(first ? 0 : items.size() - 1);
  }

  private static Object reversed(Run run, Object value) {
    List<Object> items = new ArrayList<>(Parts.iterated(run, value));
    Collections.reverse(items);
    return value instanceof String ? String.join("", texts(items)) : Lazy.once(items);
  }

  private static List<String> texts(List<Object> items) {
    return items.stream().map(String.class::cast).toList();
  }

  private static Object items(Run run, Object value) {
    if (value instanceof Undefined) {
      return Lazy.once(List.of());
    } else if (value instanceof Map<?, ?> map) {
      return Lazy.once(Parts.items(run, map));
    }
    throw new TemplateTrouble("the filter 'items' is given " + Python.type(value));
  }

  /** Texts by their small letters, unless case matters. */
  private static Object key(Object value, boolean caseSensitive) {
    return !caseSensitive && value instanceof String text ? text.toLowerCase(Locale.ROOT) : value;
  }

  private static Object dictSort(Run run, Object value, Arguments args) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new TemplateTrouble("the filter 'dictsort' is given " + Python.type(value));
    }
    int place = args.get("by", "key").equals("value") ? 1 : 0;
    boolean exact = args.flag("case_sensitive");
    List<Object> items = Parts.items(run, map);
    Comparator<Object> order =
        (one, other) ->
            Python.compare(
                run, key(((Tuple) one).get(place), exact), key(((Tuple) other).get(place), exact));
    items.sort(args.flag("reverse") ? order.reversed() : order);
    return items;
  }

  private static Comparator<Object> order(Run run, Arguments args) {
    boolean exact = args.flag("case_sensitive");
    return (one, other) ->
        Python.compare(
            run, key(attribute(run, one, args), exact), key(attribute(run, other, args), exact));
  }

  private static Object sort(Run run, Object value, Arguments args) {
    List<Object> items = new ArrayList<>(Parts.iterated(run, value));
    if (args.get("attribute", "") instanceof String names && names.contains(",")) {
      throw new TemplateTrouble("the filter 'sort' by several attributes is not known here");
    }
    Comparator<Object> order = order(run, args);
    items.sort(args.flag("reverse") ? order.reversed() : order);
    return items;
  }

  private static Object unique(Run run, Object value, Arguments args) {
    boolean exact = args.flag("case_sensitive");
    List<Object> keys = new ArrayList<>();
    List<Object> items = new ArrayList<>();
    for (Object item : Parts.iterated(run, value)) {
      Object key = key(attribute(run, item, args), exact);
      if (!Python.in(run, key, keys)) {
        keys.add(key);
        items.add(item);
      }
    }
    return Lazy.once(items);
  }

  private static Object extreme(Run run, Object value, Arguments args, int sign) {
    Comparator<Object> order = order(run, args);
    Object best = null;
    for (Object item : Parts.iterated(run, value)) {
      best = best == null || sign * order.compare(item, best) > 0 ? item : best;
    }
    return best == null ? new Undefined("there is nothing to choose from") : best;
  }

  private static Object sum(Run run, Object value, Arguments args) {
    Object sum = args.get("start", 0L);
    for (Object item : Parts.iterated(run, value)) {
      sum = Arithmetic.of(run, "+", sum, attribute(run, item, args));
    }
    return sum;
  }

  private static Object absolute(Object value) {
    if (value instanceof Double number) {
      return Math.abs(number);
    } else if (Python.isNumber(value)) {
      return Math.abs(Python.whole(value));
    }
    throw new TemplateTrouble("the filter 'abs' is given " + Python.type(value));
  }

  private static Object whole(Object value, Arguments args) {
    Object otherwise = args.get("default", 0L);
    if (value instanceof String text && text.strip().matches("[+-]?\\d+(_\\d+)*")) {
      try {
        return Long.parseLong(text.strip().replace("_", ""), args.number("base", 10));
      } catch (NumberFormatException e) {
        throw new TemplateTrouble("the filter 'int' is given a number that is too large here");
      }
    }
    if (value instanceof Long || value instanceof Boolean) {
      return Python.whole(value);
    }
    Object decimal = decimal(value, None.NONE);
    return decimal instanceof Double number && Double.isFinite(number)
        ? (Object) number.longValue()
        : otherwise;
  }

  private static Object decimal(Object value, Object otherwise) {
    if (Python.isNumber(value)) {
      return Python.decimal(value);
    }
    if (value instanceof Undefined undefined) {
      throw new TemplateTrouble(undefined.what());
    }
    boolean number =
        value instanceof String text
            && text.strip().matches("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");
    return number ? (Object) Double.parseDouble(((String) value).strip()) : otherwise;
  }

  private static Object round(Object value, Arguments args) {
    if (!Python.isNumber(value)) {
      throw new TemplateTrouble("the filter 'round' is given " + Python.type(value));
    }
    RoundingMode mode =
        switch (Python.type(args.get("method", "common")).equals("str")
            ? (String) args.get("method", "common")
            : "") {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> throw new TemplateTrouble("the filter 'round' is given an unknown method");
        };
    int digits = Math.max(-300, Math.min(300, args.number("precision", 0)));
    BigDecimal rounded = new BigDecimal(Python.decimal(value)).setScale(digits, mode);
    boolean whole = !(value instanceof Double) && mode == RoundingMode.HALF_EVEN;
    return whole ? (Object) rounded.longValue() : (Object) rounded.doubleValue();
  }

  /** An attribute of an item, by a path with dots; the item itself where none is asked for. */
  private static Object attribute(Run run, Object item, Arguments args) {
    return path(run, item, args.get("attribute", None.NONE), null);
  }

  private static Object path(Run run, Object item, Object path, Object otherwise) {
    if (path instanceof None) {
      return item;
    } else if (!(path instanceof String text)) {
      return Parts.item(run, item, path);
    } else {
      Object value = item;
      for (String part : text.split("\\.", -1)) {
        value =
            Parts.item(run, value, part.matches("\\d{1,9}") ? (Object) Long.valueOf(part) : part);
        value = value instanceof Undefined && otherwise != null ? otherwise : value;
      }
      return value;
    }
  }

  private static Object map(Run run, Object value, List<Object> args, Map<String, Object> named) {
    List<Object> mapped = new ArrayList<>();
    if (args.isEmpty()) {
      Arguments given = Arguments.of("map", args, named, "attribute", "default");
      given = new Arguments("map", Map.copyOf(given.values()));
      for (Object item : Parts.iterated(run, value)) {
        mapped.add(path(run, item, given.get("attribute"), given.get("default", null)));
      }
      return Lazy.once(mapped);
    }
    Filter filter = of(Python.text(run, args.get(0)), 0);
    for (Object item : Parts.iterated(run, value)) {
      mapped.add(filter.of(run, item, args.subList(1, args.size()), named));
    }
    return Lazy.once(mapped);
  }

  private static Object select(
      Run run, Object value, List<Object> args, boolean selects, boolean byAttribute) {
    int first = byAttribute ? 1 : 0;
    if (args.size() < first) {
      throw new TemplateTrouble("a filter by an attribute lacks its name");
    }
    Tests.Test test =
        args.size() == first
            ? (r, v, a) -> Python.truth(v)
            : Tests.of(Python.text(run, args.get(first)), 0);
    List<Object> rest = args.size() == first ? List.of() : args.subList(first + 1, args.size());
    List<Object> selected = new ArrayList<>();
    for (Object item : Parts.iterated(run, value)) {
      Object asked = byAttribute ? path(run, item, args.get(0), null) : item;
      if (test.of(run, asked, rest) == selects) {
        selected.add(item);
      }
    }
    return Lazy.once(selected);
  }
}
