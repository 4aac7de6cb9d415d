package dev.ablate.model.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** Python's methods of texts. */
final class TextMethods {
  /** Those that Python has and this class has not. */
  private static final Set<String> UNKNOWN =
      Set.of(
          "casefold",
          "center",
          "encode",
          "expandtabs",
          "format_map",
          "isidentifier",
          "maketrans",
          "swapcase",
          "translate");

  private static final String LINE_ENDS = "\n\r\u000B\f\u001C\u001D\u001E\u0085\u2028\u2029";

  /** A method of one text, called. */
  private interface Method {
    Object call(Run run, String text, Arguments args);
  }

  private record Entry(Method method, String... parameters) {}

  private static final Map<String, Entry> METHODS =
      Map.ofEntries(
          Map.entry("strip", new Entry((r, t, a) -> strip(t, a, true, true), "chars")),
          Map.entry("lstrip", new Entry((r, t, a) -> strip(t, a, true, false), "chars")),
          Map.entry("rstrip", new Entry((r, t, a) -> strip(t, a, false, true), "chars")),
          Map.entry("split", new Entry(TextMethods::split, "sep", "maxsplit")),
          Map.entry("rsplit", new Entry(TextMethods::splitFromEnd, "sep", "maxsplit")),
          Map.entry("splitlines", new Entry(TextMethods::lines, "keepends")),
          Map.entry("partition", new Entry((r, t, a) -> partition(t, a, true), "sep")),
          Map.entry("rpartition", new Entry((r, t, a) -> partition(t, a, false), "sep")),
          Map.entry("startswith", new Entry((r, t, a) -> any(a, t::startsWith), "prefix")),
          Map.entry("endswith", new Entry((r, t, a) -> any(a, t::endsWith), "suffix")),
          Map.entry("removeprefix", new Entry((r, t, a) -> withoutPrefix(t, a), "prefix")),
          Map.entry("removesuffix", new Entry((r, t, a) -> withoutSuffix(t, a), "suffix")),
          Map.entry("upper", new Entry((r, t, a) -> t.toUpperCase(Locale.ROOT))),
          Map.entry("lower", new Entry((r, t, a) -> t.toLowerCase(Locale.ROOT))),
          Map.entry("title", new Entry((r, t, a) -> title(t))),
          Map.entry("capitalize", new Entry((r, t, a) -> capitalized(t))),
          Map.entry("replace", new Entry(TextMethods::replace, "old", "new", "count")),
          Map.entry("find", new Entry((r, t, a) -> place(t, t.indexOf(a.text("sub"))), "sub")),
          Map.entry("rfind", new Entry((r, t, a) -> place(t, t.lastIndexOf(a.text("sub"))), "sub")),
          Map.entry("index", new Entry((r, t, a) -> index(t, t.indexOf(a.text("sub"))), "sub")),
          Map.entry(
              "rindex", new Entry((r, t, a) -> index(t, t.lastIndexOf(a.text("sub"))), "sub")),
          Map.entry("count", new Entry((r, t, a) -> count(t, a.text("sub")), "sub")),
          Map.entry(
              "join",
              new Entry((r, t, a) -> joined(r, t, Parts.iterated(r, a.get("items"))), "items")),
          Map.entry("ljust", new Entry((r, t, a) -> justified(r, t, a, false), "width", "fill")),
          Map.entry("rjust", new Entry((r, t, a) -> justified(r, t, a, true), "width", "fill")),
          Map.entry("zfill", new Entry(TextMethods::zeroFilled, "width")),
          Map.entry("isspace", new Entry((r, t, a) -> all(t, Python::isSpace))),
          Map.entry("isalpha", new Entry((r, t, a) -> all(t, Character::isLetter))),
          Map.entry("isdigit", new Entry((r, t, a) -> all(t, Character::isDigit))),
          Map.entry("isdecimal", new Entry((r, t, a) -> all(t, Character::isDigit))),
          Map.entry("isnumeric", new Entry((r, t, a) -> all(t, TextMethods::isNumeric))),
          Map.entry("isalnum", new Entry((r, t, a) -> all(t, TextMethods::isLetterOrNumber))),
          Map.entry("isascii", new Entry((r, t, a) -> t.chars().allMatch(c -> c < 0x80))),
          Map.entry("isupper", new Entry((r, t, a) -> isCase(t, true))),
          Map.entry("islower", new Entry((r, t, a) -> isCase(t, false))));

  private TextMethods() {}

  /** A method of a text, null for one that Python does not have. */
  static Object of(String text, String name) {
    if (name.equals("format")) {
      return (Callable) (run, args, named) -> Braces.format(run, text, args, named);
    }
    Entry entry = METHODS.get(name);
    if (entry != null) {
      return (Callable)
          (run, args, named) -> {
            run.make(text.length());
            return entry
                .method()
                .call(run, text, Arguments.of(name, args, named, entry.parameters()));
          };
    }
    if (UNKNOWN.contains(name)) {
      throw new TemplateTrouble("the method '" + name + "' of texts is not known here");
    }
    return null;
  }

  static Object call(Run run, String text, String name, Object... args) {
    return ((Callable) of(text, name)).call(run, List.of(args), Map.of());
  }

  private static String strip(String text, Arguments args, boolean left, boolean right) {
    if (args.get("chars", None.NONE) instanceof None) {
      return Python.stripped(text, left, right);
    }
    String chars = args.text("chars");
    int[] points = text.codePoints().toArray();
    int start = 0;
    int end = points.length;
    while (left && start < end && chars.indexOf(points[start]) >= 0) {
      start++;
    }
    while (right && end > start && chars.indexOf(points[end - 1]) >= 0) {
      end--;
    }
    return new String(points, start, end - start);
  }

  private static Object split(Run run, String text, Arguments args) {
    int most = args.number("maxsplit", -1);
    most = most < 0 ? Integer.MAX_VALUE : most;
    if (args.get("sep", None.NONE) instanceof None) {
      return splitAtSpaces(text, most);
    }
    String separator = separator(args);
    List<Object> parts = new ArrayList<>();
    int from = 0;
    int at = text.indexOf(separator);
    while (at >= 0 && parts.size() < most) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
      at = text.indexOf(separator, from);
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static String separator(Arguments args) {
    String separator = args.text("sep");
    if (separator.isEmpty()) {
      throw new TemplateTrouble(args.of() + "() is given an empty text as 'sep'");
    }
    return separator;
  }

  private static List<Object> splitAtSpaces(String text, int most) {
    List<Object> parts = new ArrayList<>();
    String rest = Python.stripped(text, true, false);
    while (!rest.isEmpty()) {
      int end = 0;
      while (end < rest.length() && !Python.isSpace(rest.charAt(end))) {
        end++;
      }
      if (parts.size() == most || end == rest.length()) {
        parts.add(Python.stripped(rest, false, parts.size() < most));
        return parts;
      }
      parts.add(rest.substring(0, end));
      rest = Python.stripped(rest.substring(end), true, false);
    }
    return parts;
  }

  private static Object splitFromEnd(Run run, String text, Arguments args) {
    int most = args.number("maxsplit", -1);
    if (most < 0) {
      return split(run, text, args);
    }
    if (args.get("sep", None.NONE) instanceof None) {
      throw new TemplateTrouble("rsplit() at white space with 'maxsplit' is not known here");
    }
    String separator = separator(args);
    List<Object> parts = new ArrayList<>();
    int to = text.length();
    int at = text.lastIndexOf(separator);
    while (at >= 0 && parts.size() < most) {
      parts.add(0, text.substring(at + separator.length(), to));
      to = at;
      at = at == 0 ? -1 : text.lastIndexOf(separator, at - separator.length());
    }
    parts.add(0, text.substring(0, to));
    return parts;
  }

  private static Object lines(Run run, String text, Arguments args) {
    List<Object> lines = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int end = from;
      while (end < text.length() && LINE_ENDS.indexOf(text.charAt(end)) < 0) {
        end++;
      }
      int next = end + (text.startsWith("\r\n", end) ? 2 : end < text.length() ? 1 : 0);
      lines.add(text.substring(from, args.flag("keepends") ? next : end));
      from = next;
    }
    return lines;
  }

  private static Object partition(String text, Arguments args, boolean first) {
    String separator = separator(args);
    int at = first ? text.indexOf(separator) : text.lastIndexOf(separator);
    if (at < 0) {
      return first ? Tuple.of(text, "", "") : Tuple.of("", "", text);
    }
    return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
  }

  private interface Fit {
    boolean test(String part);
  }

  private static Object any(Arguments args, Fit fits) {
    String name = args.of().equals("startswith") ? "prefix" : "suffix";
    if (args.get(name) instanceof Tuple several) {
      return several.stream().anyMatch(part -> part instanceof String text && fits.test(text));
    }
    return fits.test(args.text(name));
  }

  private static String withoutPrefix(String text, Arguments args) {
    String prefix = args.text("prefix");
    return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
  }

  private static String withoutSuffix(String text, Arguments args) {
    String suffix = args.text("suffix");
    return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
  }

  private static String title(String text) {
    StringBuilder title = new StringBuilder();
    boolean within = false;
    for (int c : text.codePoints().toArray()) {
      String letter = Character.toString(c);
      boolean cased =
          Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
      title.append(
          within ? letter.toLowerCase(Locale.ROOT) : Character.toString(Character.toTitleCase(c)));
      within = cased;
    }
    return title.toString();
  }

  static String capitalized(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.codePointAt(0);
    return Character.toString(Character.toTitleCase(first))
        + text.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
  }

  private static Object replace(Run run, String text, Arguments args) {
    String old = args.text("old");
    String other = args.text("new");
    int most = args.number("count", -1);
    if (old.isEmpty()) {
      throw new TemplateTrouble("replace() is given an empty text as 'old'");
    }
    long found = Math.min(count(text, old), most < 0 ? Long.MAX_VALUE : most);
    run.make(text.length() + found * (other.length() - old.length()));
    StringBuilder result = new StringBuilder();
    int from = 0;
    for (long n = 0; n < found; n++) {
      int at = text.indexOf(old, from);
      result.append(text, from, at).append(other);
      from = at + old.length();
    }
    return result.append(text.substring(from)).toString();
  }

  private static long count(String text, String part) {
    if (part.isEmpty()) {
      return text.codePointCount(0, text.length()) + 1L;
    }
    long count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  private static long place(String text, int at) {
    return at < 0 ? -1 : text.codePointCount(0, at);
  }

  private static long index(String text, int at) {
    if (at < 0) {
      throw new TemplateTrouble("index() looks for what is not in the text");
    }
    return place(text, at);
  }

  private static Object joined(Run run, String separator, List<Object> items) {
    for (Object item : items) {
      if (!(item instanceof String)) {
        throw new TemplateTrouble("join() is given " + Python.type(item) + " to join");
      }
    }
    long length = items.stream().mapToLong(item -> ((String) item).length()).sum();
    run.make(length + (long) separator.length() * items.size());
    return items.stream().map(item -> (String) item).collect(Collectors.joining(separator));
  }

  private static Object justified(Run run, String text, Arguments args, boolean right) {
    int missing = args.number("width", 0) - text.codePointCount(0, text.length());
    String fill = args.has("fill") ? args.text("fill") : " ";
    run.make(Math.max(0, missing));
    if (fill.codePointCount(0, fill.length()) != 1) {
      throw new TemplateTrouble(args.of() + "() fills with one character");
    }
    String filled = fill.repeat(Math.max(0, missing));
    return right ? filled + text : text + filled;
  }

  private static Object zeroFilled(Run run, String text, Arguments args) {
    int missing = args.number("width", 0) - text.codePointCount(0, text.length());
    run.make(Math.max(0, missing));
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String sign = signed ? text.substring(0, 1) : "";
    return sign + "0".repeat(Math.max(0, missing)) + text.substring(sign.length());
  }

  private static boolean all(String text, IntPredicate kind) {
    return !text.isEmpty() && text.codePoints().allMatch(kind);
  }

  private static boolean isNumeric(int c) {
    return switch (Character.getType(c)) {
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
      default -> false;
    };
  }

  private static boolean isLetterOrNumber(int c) {
    return Character.isLetter(c) || isNumeric(c);
  }

  private static boolean isCase(String text, boolean upper) {
    boolean some =
        text.codePoints().anyMatch(upper ? Character::isUpperCase : Character::isLowerCase);
    return some
        && text.codePoints()
            .noneMatch(
                c ->
                    Character.isTitleCase(c)
                        || (upper ? Character.isLowerCase(c) : Character.isUpperCase(c)));
  }
}
