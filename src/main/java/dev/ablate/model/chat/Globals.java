package dev.ablate.model.chat;

import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The functions that every template may call. */
final class Globals {
  private static final Pattern DIRECTIVE = Pattern.compile("%(.)", Pattern.DOTALL);

  private Globals() {}

  /** A scope that holds them, for today. */
  static Scope scope(LocalDateTime now) {
    Scope scope = new Scope(null);
    set(scope, "raise_exception", Globals::raise);
    set(scope, "strftime_now", (run, args, named) -> date(args, named, now));
    set(scope, "range", Globals::range);
    set(scope, "namespace", (run, args, named) -> new Namespace(dict("namespace", args, named)));
    set(scope, "dict", (run, args, named) -> dict("dict", args, named));
    return scope;
  }

  private static void set(Scope scope, String name, Callable function) {
    scope.set(name, function);
  }

  private static Object raise(Run run, List<Object> args, Map<String, Object> named) {
    Arguments given = Arguments.of("raise_exception", args, named, "message");
    throw new TemplateTrouble(Python.text(run, given.get("message")), true);
  }

  private static Object range(Run run, List<Object> args, Map<String, Object> named) {
    Arguments given = Arguments.of("range", args, named, "start", "stop", "step");
    int first = given.number("start", 0);
    if (args.isEmpty() || !named.isEmpty()) {
      throw new TemplateTrouble("range() takes one to three numbers");
    }
    return args.size() == 1
        ? new Range(0, first, 1)
        : new Range(first, given.number("stop", 0), given.number("step", 1));
  }

  private static Map<String, Object> dict(String of, List<Object> args, Map<String, Object> named) {
    Map<String, Object> dict = new LinkedHashMap<>();
    for (Object arg : args) {
      if (!(arg instanceof Map<?, ?> map)) {
        throw new TemplateTrouble(
            of + "() takes a dict and names, and is given " + Python.type(arg));
      }
      map.forEach((key, value) -> dict.put(String.valueOf(key), value));
    }
    dict.putAll(named);
    return dict;
  }

  private static String date(List<Object> args, Map<String, Object> named, LocalDateTime now) {
    String format = Arguments.of("strftime_now", args, named, "format").text("format");
    Matcher directive = DIRECTIVE.matcher(format);
    StringBuilder date = new StringBuilder();
    while (directive.find()) {
      directive.appendReplacement(
          date, Matcher.quoteReplacement(part(directive.group(1).charAt(0), now)));
    }
    return directive.appendTail(date).toString();
  }

  private static String part(char directive, LocalDateTime now) {
    Locale english = Locale.ENGLISH;
    return switch (directive) {
      case 'Y' -> String.format("%04d", now.getYear());
      case 'y' -> two(now.getYear() % 100);
      case 'm' -> two(now.getMonthValue());
      case 'd' -> two(now.getDayOfMonth());
      case 'e' -> String.format("%2d", now.getDayOfMonth());
      case 'H' -> two(now.getHour());
      case 'I' -> two((now.getHour() + 11) % 12 + 1);
      case 'M' -> two(now.getMinute());
      case 'S' -> two(now.getSecond());
      case 'p' -> now.getHour() < 12 ? "AM" : "PM";
      case 'j' -> String.format("%03d", now.getDayOfYear());
      case 'B' -> now.getMonth().getDisplayName(TextStyle.FULL, english);
      case 'b', 'h' -> now.getMonth().getDisplayName(TextStyle.FULL, english).substring(0, 3);
      case 'A' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, english);
      case 'a' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, english).substring(0, 3);
      case 'F' -> part('Y', now) + "-" + part('m', now) + "-" + part('d', now);
      case 'T' -> part('H', now) + ":" + part('M', now) + ":" + part('S', now);
      case 'R' -> part('H', now) + ":" + part('M', now);
      case 'D' -> part('m', now) + "/" + part('d', now) + "/" + part('y', now);
      case '%' -> "%";
      default -> throw new TemplateTrouble("strftime_now('%" + directive + "') is not known here");
    };
  }

  private static String two(int number) {
    return String.format("%02d", number);
  }
}
