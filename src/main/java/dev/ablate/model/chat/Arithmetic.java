package dev.ablate.model.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Python's operators on values. */
final class Arithmetic {
  private Arithmetic() {}

  /**
   * A value of two.
   *
   * @param sign one of {@code + - * / // % **}
   * @throws TemplateTrouble if these values have none
   */
  static Object of(Run run, String sign, Object one, Object other) {
    run.step();
    if (Python.isNumber(one) && Python.isNumber(other)) {
      return numbers(sign, one, other);
    }
    switch (sign) {
      case "+" -> {
        Object sum = joined(run, one, other);
        if (sum != null) {
          return sum;
        }
      }
      case "*" -> {
        if (other instanceof Long || other instanceof Boolean) {
          return repeated(run, one, Python.whole(other));
        } else if (one instanceof Long || one instanceof Boolean) {
          return repeated(run, other, Python.whole(one));
        }
      }
      case "%" -> {
        if (one instanceof String format) {
          return Percent.format(run, format, other);
        }
      }
      default -> {
        // Only numbers have it.
      }
    }
    throw wrong(sign, one, other);
  }

  private static TemplateTrouble wrong(String sign, Object one, Object other) {
    return new TemplateTrouble(
        "there is no '" + sign + "' of " + Python.type(one) + " and " + Python.type(other));
  }

  private static Object joined(Run run, Object one, Object other) {
    if (one instanceof String a && other instanceof String b) {
      run.make(a.length() + (long) b.length());
      return a + b;
    }
    if (one instanceof List<?> a
        && other instanceof List<?> b
        && !(one instanceof Range)
        && Python.type(one).equals(Python.type(other))) {
      run.make(a.size() + (long) b.size());
      List<Object> sum = new ArrayList<>(a);
      sum.addAll(b);
      return one instanceof Tuple ? new Tuple(sum) : sum;
    }
    return null;
  }

  private static Object repeated(Run run, Object value, long times) {
    int count = (int) Math.max(0, Math.min(times, Integer.MAX_VALUE));
    if (value instanceof String text) {
      run.make(text.length() * (long) count);
      return text.repeat(count);
    } else if (value instanceof List<?> list && !(value instanceof Range)) {
      run.make(list.size() * (long) count);
      List<Object> all = new ArrayList<>();
      Collections.nCopies(list.isEmpty() ? 0 : count, list).forEach(all::addAll);
      return value instanceof Tuple ? new Tuple(all) : all;
    }
    throw wrong("*", value, times);
  }

  private static Object numbers(String sign, Object one, Object other) {
    boolean decimal = one instanceof Double || other instanceof Double || sign.equals("/");
    boolean divides = sign.equals("/") || sign.equals("//") || sign.equals("%");
    if (divides && Python.decimal(other) == 0) {
      throw new TemplateTrouble("a number is divided by zero");
    }
    if (decimal || sign.equals("**") && Python.whole(other) < 0) {
      return decimals(sign, Python.decimal(one), Python.decimal(other));
    }
    try {
      return wholes(sign, Python.whole(one), Python.whole(other));
    } catch (ArithmeticException e) {
      throw new TemplateTrouble("a whole number is too large");
    }
  }

  private static Object decimals(String sign, double a, double b) {
    return switch (sign) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> {
        double rest = a % b;
        yield rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
      }
      default -> Math.pow(a, b);
    };
  }

  private static Object wholes(String sign, long a, long b) {
    return switch (sign) {
      case "+" -> Math.addExact(a, b);
      case "-" -> Math.subtractExact(a, b);
      case "*" -> Math.multiplyExact(a, b);
      case "//" -> Math.floorDiv(a, b);
      case "%" -> Math.floorMod(a, b);
      default -> power(a, b);
    };
  }

  private static long power(long base, long exponent) {
    if (base >= -1 && base <= 1) {
      return base == -1 && exponent % 2 == 0 ? 1 : exponent == 0 ? 1 : base;
    }
    long power = 1;
    for (long e = 0; e < exponent; e++) {
      power = Math.multiplyExact(power, base);
    }
    return power;
  }

  static Object negative(Object value) {
    if (value instanceof Double number) {
      return -number;
    } else if (Python.isNumber(value)) {
      return Math.negateExact(Python.whole(value));
    }
    throw new TemplateTrouble("there is no negative of " + Python.type(value));
  }

  static Object positive(Object value) {
    if (value instanceof Double) {
      return value;
    } else if (Python.isNumber(value)) {
      return Python.whole(value);
    }
    throw new TemplateTrouble("there is no positive of " + Python.type(value));
  }
}
