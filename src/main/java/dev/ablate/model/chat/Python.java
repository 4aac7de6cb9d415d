package dev.ablate.model.chat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** What values mean in Python: their truth, their order, and how they print. */
final class Python {
  private static final int CONTROL = ' ';

  private Python() {}

  /** The name of a value's type. */
  static String type(Object value) {
    if (value instanceof String) {
      return "str";
    } else if (value instanceof Boolean) {
      return "bool";
    } else if (value instanceof Long) {
      return "int";
    } else if (value instanceof Double) {
      return "float";
    } else if (value instanceof None) {
      return "None";
    } else if (value instanceof Tuple) {
      return "tuple";
    } else if (value instanceof Range) {
      return "range";
    } else if (value instanceof List) {
      return "list";
    } else if (value instanceof Map) {
      return "dict";
    } else if (value instanceof Undefined undefined) {
      throw new TemplateTrouble(undefined.what());
    } else if (value instanceof Namespace) {
      return "namespace";
    } else if (value instanceof Lazy) {
      return "generator";
    }
    return value instanceof LoopState ? "loop" : "function";
  }

  static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  static boolean truth(Object value) {
    if (value instanceof Boolean truth) {
      return truth;
    } else if (value instanceof String text) {
      return !text.isEmpty();
    } else if (value instanceof Long number) {
      return number != 0;
    } else if (value instanceof Double number) {
      return number != 0;
    } else if (value instanceof List<?> list) {
      return !list.isEmpty();
    } else if (value instanceof Map<?, ?> map) {
      return !map.isEmpty();
    } else if (value instanceof Lazy lazy) {
      return lazy.truth();
    }
    return !(value instanceof None || value instanceof Undefined);
  }

  static boolean equal(Run run, Object one, Object other) {
    run.step();
    if (isNumber(one) && isNumber(other)) {
      return compareNumbers(one, other) == 0 && !isNan(one) && !isNan(other);
    } else if (one instanceof List<?> a && other instanceof List<?> b) {
      return type(one).equals(type(other))
          && a.size() == b.size()
          && run.deeper(() -> equalItems(run, a, b));
    } else if (one instanceof Map<?, ?> a && other instanceof Map<?, ?> b) {
      return a.size() == b.size() && run.deeper(() -> equalEntries(run, a, b));
    }
    return one == other
        || one instanceof String && one.equals(other)
        || one instanceof Undefined && other instanceof Undefined;
  }

  private static boolean equalItems(Run run, List<?> a, List<?> b) {
    Iterator<?> others = b.iterator();
    for (Object item : a) {
      if (!equal(run, item, others.next())) {
        return false;
      }
    }
    return true;
  }

  private static boolean equalEntries(Run run, Map<?, ?> a, Map<?, ?> b) {
    for (Map.Entry<?, ?> entry : a.entrySet()) {
      Object other = b.get(entry.getKey());
      if (other == null || !equal(run, entry.getValue(), other)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNan(Object value) {
    return value instanceof Double number && number.isNaN();
  }

  private static BigDecimal exact(Object number) {
    return number instanceof Double decimal
        ? new BigDecimal(decimal)
        : BigDecimal.valueOf(whole(number));
  }

  /** A whole number, which a truth is too. */
  static long whole(Object number) {
    return number instanceof Boolean truth ? (truth ? 1 : 0) : (Long) number;
  }

  static double decimal(Object number) {
    return number instanceof Double decimal ? decimal : whole(number);
  }

  private static int compareNumbers(Object one, Object other) {
    double a = decimal(one);
    double b = decimal(other);
    return Double.isFinite(a) && Double.isFinite(b)
        ? exact(one).compareTo(exact(other))
        : Double.compare(a, b);
  }

  /**
   * Which of two values comes first.
   *
   * @throws TemplateTrouble if they have no order
   */
  static int compare(Run run, Object one, Object other) {
    run.step();
    if (isNumber(one) && isNumber(other)) {
      return compareNumbers(one, other);
    } else if (one instanceof String a && other instanceof String b) {
      return compareTexts(a, b);
    } else if (one instanceof List<?> a
        && other instanceof List<?> b
        && !(one instanceof Range)
        && type(one).equals(type(other))) {
      return run.deeper(() -> compareItems(run, a, b));
    }
    throw new TemplateTrouble(type(one) + " and " + type(other) + " have no order");
  }

  private static int compareItems(Run run, List<?> a, List<?> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      if (!equal(run, a.get(i), b.get(i))) {
        return compare(run, a.get(i), b.get(i));
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  /** By code points, which Java's order is not. */
  private static int compareTexts(String a, String b) {
    int[] one = a.codePoints().toArray();
    int[] other = b.codePoints().toArray();
    return Arrays.compare(one, other);
  }

  static boolean in(Run run, Object item, Object container) {
    run.step();
    if (container instanceof String text) {
      if (item instanceof String part) {
        return text.contains(part);
      }
      throw new TemplateTrouble("what is looked for in a text is no text but " + type(item));
    } else if (container instanceof Map<?, ?> map) {
      return item instanceof Undefined ? false : map.containsKey(Parts.requireKey(item));
    } else if (container instanceof List<?> list) {
      return list.stream().anyMatch(other -> equal(run, item, other));
    } else if (container instanceof Lazy lazy) {
      return lazy.take().stream().anyMatch(other -> equal(run, item, other));
    } else if (container instanceof Undefined) {
      return false;
    }
    throw new TemplateTrouble("nothing can be in " + type(container));
  }

  /** As {@code str()} prints a value. */
  static String text(Run run, Object value) {
    if (value instanceof String text) {
      return text;
    }
    StringBuilder text = new StringBuilder();
    if (!(value instanceof Undefined)) {
      print(run, value, text);
    }
    return text.toString();
  }

  /** As {@code repr()} prints a value. */
  static String shown(Run run, Object value) {
    StringBuilder text = new StringBuilder();
    print(run, value, text);
    return text.toString();
  }

  private static void print(Run run, Object value, StringBuilder to) {
    run.step();
    int before = to.length();
    if (value instanceof String text) {
      quote(text, to);
    } else if (value instanceof Boolean truth) {
      to.append(truth ? "True" : "False");
    } else if (value instanceof Double number) {
      to.append(decimalText(number));
    } else if (value instanceof Long || value instanceof None || value instanceof Range) {
      to.append(value);
    } else if (value instanceof List<?> list) {
      run.deeper(() -> printList(run, list, to));
    } else if (value instanceof Map<?, ?> map) {
      run.deeper(() -> printMap(run, map, to));
    } else if (value instanceof Undefined) {
      to.append("Undefined");
    } else {
      throw new TemplateTrouble("a " + type(value) + " is printed, which has no text");
    }
    run.make(to.length() - before);
  }

  private static boolean printList(Run run, List<?> list, StringBuilder to) {
    boolean tuple = list instanceof Tuple;
    to.append(tuple ? '(' : '[');
    String separator = "";
    for (Object item : list) {
      to.append(separator);
      print(run, item, to);
      separator = ", ";
    }
    to.append(tuple && list.size() == 1 ? ",)" : tuple ? ")" : "]");
    return true;
  }

  private static boolean printMap(Run run, Map<?, ?> map, StringBuilder to) {
    to.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      to.append(separator);
      print(run, entry.getKey(), to);
      to.append(": ");
      print(run, entry.getValue(), to);
      separator = ", ";
    }
    to.append('}');
    return true;
  }

  private static void quote(String text, StringBuilder to) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    to.append(quote);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\n' -> to.append("\\n");
                case '\r' -> to.append("\\r");
                case '\t' -> to.append("\\t");
                case '\\' -> to.append("\\\\");
                default -> {
                  if (c == quote) {
                    to.append('\\').append(quote);
                  } else if (isPrinted(c)) {
                    to.appendCodePoint(c);
                  } else {
                    to.append(
                        String.format(
                            c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
                  }
                }
              }
            });
    to.append(quote);
  }

  private static boolean isPrinted(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == CONTROL;
      default -> true;
    };
  }

  /** The fewest digits that are read as the same number, as Python chooses them. */
  static String decimalText(double number) {
    if (!Double.isFinite(number)) {
      return Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(Math.abs(number));
    BigDecimal shortest = exact;
    for (int digits = 1; digits <= 17; digits++) {
      shortest = exact.round(new MathContext(digits));
      if (shortest.doubleValue() == Math.abs(number)) {
        break;
      }
    }
    shortest = shortest.stripTrailingZeros();
    String digits = shortest.unscaledValue().toString();
    int exponent = digits.length() - shortest.scale() - 1;
    String sign = number < 0 ? "-" : "";
    if (exponent >= -4 && exponent < 16) {
      String plain = shortest.toPlainString();
      return sign + plain + (plain.indexOf('.') < 0 ? ".0" : "");
    }
    String rest = digits.length() > 1 ? "." + digits.substring(1) : "";
    return sign
        + digits.charAt(0)
        + rest
        + String.format("e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /** What Python takes for white space. */
  static boolean isSpace(int c) {
    return c == ' '
        || c >= '\t' && c <= '\r'
        || c >= 0x1C && c <= 0x1F
        || c == 0x85
        || Character.isSpaceChar(c);
  }

  /** A text without the white space at its ends. */
  static String stripped(String text, boolean left, boolean right) {
    int start = 0;
    int end = text.length();
    while (left && start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (right && end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }
}
