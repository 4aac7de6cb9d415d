package dev.ablate.model.chat;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Jinja's tests, which stand behind {@code is}. */
final class Tests {
  /** Asks about a value. */
  interface Test {
    boolean of(Run run, Object value, List<Object> args);
  }

  /** What is not there has the methods of a sequence and of a function, to Python. */
  private static final Map<String, Test> ALONE =
      Map.ofEntries(
          Map.entry("defined", (r, v, a) -> !(v instanceof Undefined)),
          Map.entry("undefined", (r, v, a) -> v instanceof Undefined),
          Map.entry("none", (r, v, a) -> v instanceof None),
          Map.entry("string", (r, v, a) -> v instanceof String),
          Map.entry("number", (r, v, a) -> Python.isNumber(v)),
          Map.entry("integer", (r, v, a) -> v instanceof Long),
          Map.entry("float", (r, v, a) -> v instanceof Double),
          Map.entry("boolean", (r, v, a) -> v instanceof Boolean),
          Map.entry("true", (r, v, a) -> Boolean.TRUE.equals(v)),
          Map.entry("false", (r, v, a) -> Boolean.FALSE.equals(v)),
          Map.entry("mapping", (r, v, a) -> v instanceof Map),
          Map.entry("sequence", (r, v, a) -> isSequence(v)),
          Map.entry("iterable", (r, v, a) -> isSequence(v) || v instanceof Lazy),
          Map.entry("callable", (r, v, a) -> v instanceof Callable || v instanceof Undefined),
          Map.entry("lower", (r, v, a) -> isCase(Python.text(r, v), false)),
          Map.entry("upper", (r, v, a) -> isCase(Python.text(r, v), true)),
          Map.entry("even", (r, v, a) -> remainder(r, v, 2L) == 0),
          Map.entry("odd", (r, v, a) -> remainder(r, v, 2L) == 1));

  private static final Map<String, String> COMPARISONS =
      Map.ofEntries(
          Map.entry("eq", "=="),
          Map.entry("equalto", "=="),
          Map.entry("==", "=="),
          Map.entry("ne", "!="),
          Map.entry("!=", "!="),
          Map.entry("lt", "<"),
          Map.entry("lessthan", "<"),
          Map.entry("<", "<"),
          Map.entry("le", "<="),
          Map.entry("<=", "<="),
          Map.entry("gt", ">"),
          Map.entry("greaterthan", ">"),
          Map.entry(">", ">"),
          Map.entry("ge", ">="),
          Map.entry(">=", ">="),
          Map.entry("in", "in"));

  private Tests() {}

  /**
   * A test.
   *
   * @throws TemplateTrouble if it is not known
   */
  static Test of(String name, int line) {
    Test alone = ALONE.get(name);
    if (alone != null) {
      return (run, value, args) -> {
        requireCount(name, args, 0);
        return alone.of(run, value, args);
      };
    }
    String sign = COMPARISONS.get(name);
    if (sign != null) {
      return (run, value, args) -> {
        requireCount(name, args, 1);
        return ExpressionParser.holds(run, sign, value, args.get(0));
      };
    }
    if (name.equals("divisibleby")) {
      return (run, value, args) -> {
        requireCount(name, args, 1);
        return remainder(run, value, args.get(0)) == 0;
      };
    }
    if (name.equals("sameas")) {
      return (run, value, args) -> {
        requireCount(name, args, 1);
        return same(value, args.get(0));
      };
    }
    throw new TemplateTrouble("the test '" + name + "' is not known here").at(line);
  }

  private static void requireCount(String name, List<Object> args, int count) {
    if (args.size() != count) {
      throw new TemplateTrouble(
          "the test '" + name + "' takes " + count + " values and is given " + args.size());
    }
  }

  /** Only of these Python promises that there is one of each. */
  private static boolean same(Object value, Object other) {
    if (other instanceof None || other instanceof Boolean) {
      return value.equals(other);
    }
    throw new TemplateTrouble(
        "the test 'sameas' is known here for true, false and none, and is given "
            + Python.type(other));
  }

  private static boolean isSequence(Object value) {
    return value instanceof String
        || value instanceof List
        || value instanceof Map
        || value instanceof Undefined;
  }

  private static double remainder(Run run, Object value, Object by) {
    return Python.decimal(Arithmetic.of(run, "%", requireNumber(value), by));
  }

  private static Object requireNumber(Object value) {
    if (Python.isNumber(value)) {
      return value;
    }
    throw new TemplateTrouble("a test of numbers is given " + Python.type(value));
  }

  private static boolean isCase(String text, boolean upper) {
    String changed = upper ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT);
    return text.equals(changed)
        && text.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
  }
}
