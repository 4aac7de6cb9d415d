package dev.ablate.model.chat;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code format()} on texts, without formats of numbers. */
final class Braces {
  private static final Pattern PLACE = Pattern.compile("\\{\\{|\\}\\}|\\{([^{}]*)\\}|[{}]");

  private static final Pattern NAME = Pattern.compile("\\w*");

  private Braces() {}

  static String format(Run run, String format, List<Object> args, Map<String, Object> named) {
    Matcher place = PLACE.matcher(format);
    StringBuilder text = new StringBuilder();
    int next = 0;
    int at = 0;
    while (place.find()) {
      text.append(format, at, place.start());
      at = place.end();
      String name = place.group(1);
      if (name == null && place.group().length() == 2) {
        text.append(place.group(), 0, 1);
      } else if (name == null || !NAME.matcher(name).matches()) {
        throw new TemplateTrouble(
            "a text is formatted with '" + place.group() + "', which is not known here");
      } else {
        Object value = name.isEmpty() ? at(args, next++) : value(args, named, name);
        text.append(Python.text(run, value));
      }
      run.make(text.length() / 64);
    }
    text.append(format, at, format.length());
    run.make(text.length());
    return text.toString();
  }

  private static Object value(List<Object> args, Map<String, Object> named, String name) {
    if (name.matches("\\d{1,6}")) {
      return at(args, Integer.parseInt(name));
    }
    if (!named.containsKey(name)) {
      throw new TemplateTrouble("format() lacks a value for '{" + name + "}'");
    }
    return named.get(name);
  }

  private static Object at(List<Object> args, int place) {
    if (place >= args.size()) {
      throw new TemplateTrouble("format() is given fewer values than there are places");
    }
    return args.get(place);
  }
}
