package dev.ablate.model.chat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code %} on texts. */
final class Percent {
  private static final Pattern PLACE =
      Pattern.compile("%([-0 +]*)(\\d{0,4})(?:\\.(\\d{0,2}))?([a-zA-Z%(#*]|$)");

  private Percent() {}

  /**
   * A text with values in its places.
   *
   * @param values a tuple of them, or one
   * @throws TemplateTrouble if they are not as many, of the wrong types, or of kinds that are not
   *     known here
   */
  static String format(Run run, String format, Object values) {
    List<?> given = values instanceof Tuple tuple ? tuple : List.of(values);
    Matcher place = PLACE.matcher(format);
    StringBuilder text = new StringBuilder();
    int used = 0;
    int at = 0;
    while (place.find()) {
      text.append(format, at, place.start());
      at = place.end();
      if (place.group(4).equals("%")) {
        text.append('%');
      } else if (used == given.size()) {
        throw new TemplateTrouble("a text formatted by '%' has more places than values");
      } else {
        text.append(padded(run, place, given.get(used++)));
      }
      run.make(text.length() / 64);
    }
    boolean allUsed = used == given.size() || !(values instanceof Tuple) && isUnused(values);
    if (!allUsed) {
      throw new TemplateTrouble("a text formatted by '%' has fewer places than values");
    }
    text.append(format, at, format.length());
    run.make(text.length());
    return text.toString();
  }

  /** Python lets a dict or a list stand unused. */
  private static boolean isUnused(Object value) {
    return value instanceof Map || value instanceof List;
  }

  private static String padded(Run run, Matcher place, Object value) {
    String flags = place.group(1);
    String body = body(run, place, value);
    int width = place.group(2).isEmpty() ? 0 : Integer.parseInt(place.group(2));
    boolean number = "dif".contains(place.group(4));
    String sign = body.startsWith("-") && number ? "-" : "";
    body = body.substring(sign.length());
    if (number && sign.isEmpty()) {
      sign = flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
    }
    int length = sign.length() + body.codePointCount(0, body.length());
    String fill = (flags.contains("0") && number ? "0" : " ").repeat(Math.max(0, width - length));
    if (flags.contains("-")) {
      return sign + body + " ".repeat(fill.length());
    }
    return fill.startsWith("0") ? sign + fill + body : fill + sign + body;
  }

  private static String body(Run run, Matcher place, Object value) {
    String kind = place.group(4);
    String precision = place.group(3);
    if (kind.equals("s") || kind.equals("r")) {
      String text = kind.equals("s") ? Python.text(run, value) : Python.shown(run, value);
      int most = precision == null || precision.isEmpty() ? 0 : Integer.parseInt(precision);
      return precision == null || text.codePointCount(0, text.length()) <= most
          ? text
          : text.substring(0, text.offsetByCodePoints(0, most));
    }
    if ((kind.equals("d") || kind.equals("i")) && Python.isNumber(value) && precision == null) {
      return value instanceof Double number
          ? new BigDecimal(number).setScale(0, RoundingMode.DOWN).toString()
          : Long.toString(Python.whole(value));
    }
    if (kind.equals("f") && Python.isNumber(value)) {
      int digits = precision == null ? 6 : precision.isEmpty() ? 0 : Integer.parseInt(precision);
      return new BigDecimal(Python.decimal(value))
          .setScale(digits, RoundingMode.HALF_EVEN)
          .toPlainString();
    }
    throw new TemplateTrouble(
        "a text is formatted by '"
            + place.group()
            + "' with "
            + Python.type(value)
            + ", which is not known here");
  }
}
