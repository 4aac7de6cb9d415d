package dev.ablate.backend.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An integer expression of C: {@code + - * / % << >> & | ^ ~ ! && ||}, comparisons, {@code ?:},
 * parentheses, numbers and the names of parameters. Values are 64 bits wide with a sign, whatever
 * type the C has, so what stays below 2^31 there is the same here.
 */
final class IntegerExpression {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(0[xX][0-9a-fA-F]+[uUlL]*|\\d+[uUlL]*|[A-Za-z_]\\w*"
              + "|<<|>>|<=|>=|==|!=|&&|\\|\\||[-+*/%()<>?:,&|^~!])");

  /** Operators of two sides, the loosest first. */
  private static final List<List<String>> LEVELS =
      List.of(
          List.of("||"),
          List.of("&&"),
          List.of("|"),
          List.of("^"),
          List.of("&"),
          List.of("==", "!="),
          List.of("<", ">", "<=", ">="),
          List.of("<<", ">>"),
          List.of("+", "-"),
          List.of("*", "/", "%"));

  private final String text;
  private final List<String> tokens;
  private final List<String> parameters;
  private int at;

  private IntegerExpression(List<String> tokens, List<String> parameters) {
    this.text = String.join(" ", tokens);
    this.tokens = tokens;
    this.parameters = parameters;
  }

  /** A parsed expression. */
  interface Value {
    /** What it is for the parameters' values, in their order. */
    long of(long... arguments);
  }

  /** What has no parameters is computed once. */
  private record Constant(long value) implements Value {
    @Override
    public long of(long... arguments) {
      return value;
    }
  }

  /**
   * The words, numbers and signs of an expression.
   *
   * @throws IllegalArgumentException if something is none of these
   */
  static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(text.strip());
    while (matcher.lookingAt()) {
      tokens.add(matcher.group(1));
      matcher.region(matcher.end(), matcher.regionEnd());
    }
    if (!matcher.hitEnd() || matcher.regionStart() < matcher.regionEnd()) {
      throw new IllegalArgumentException("not an integer expression: " + text.strip());
    }
    return tokens;
  }

  /**
   * Reads an expression whose macros are expanded.
   *
   * @param parameters the names that may occur
   * @throws IllegalArgumentException if it is none
   */
  static Value parse(List<String> tokens, List<String> parameters) {
    IntegerExpression parser = new IntegerExpression(tokens, parameters);
    Value value = parser.choice();
    if (parser.at < tokens.size()) {
      throw parser.refused();
    }
    return value;
  }

  private IllegalArgumentException refused() {
    String what = at < tokens.size() ? "'" + tokens.get(at) + "'" : "its end";
    return new IllegalArgumentException("not an integer expression at " + what + ": " + text);
  }

  private boolean take(String token) {
    boolean taken = at < tokens.size() && tokens.get(at).equals(token);
    at += taken ? 1 : 0;
    return taken;
  }

  private void need(String token) {
    if (!take(token)) {
      throw refused();
    }
  }

  private Value choice() {
    Value condition = level(0);
    if (!take("?")) {
      return condition;
    }
    Value yes = choice();
    need(":");
    Value no = choice();
    return a -> condition.of(a) != 0 ? yes.of(a) : no.of(a);
  }

  private Value level(int level) {
    if (level == LEVELS.size()) {
      return single();
    }
    Value left = level(level + 1);
    while (at < tokens.size() && LEVELS.get(level).contains(tokens.get(at))) {
      String operator = tokens.get(at++);
      Value right = level(level + 1);
      Value whole = both(operator, left, right);
      boolean known = left instanceof Constant && right instanceof Constant;
      left = known ? new Constant(whole.of()) : whole;
    }
    return left;
  }

  private static Value both(String operator, Value x, Value y) {
    return switch (operator) {
      case "||" -> a -> truth(x.of(a) != 0 || y.of(a) != 0);
      case "&&" -> a -> truth(x.of(a) != 0 && y.of(a) != 0);
      case "|" -> a -> x.of(a) | y.of(a);
      case "^" -> a -> x.of(a) ^ y.of(a);
      case "&" -> a -> x.of(a) & y.of(a);
      case "==" -> a -> truth(x.of(a) == y.of(a));
      case "!=" -> a -> truth(x.of(a) != y.of(a));
      case "<" -> a -> truth(x.of(a) < y.of(a));
      case ">" -> a -> truth(x.of(a) > y.of(a));
      case "<=" -> a -> truth(x.of(a) <= y.of(a));
      case ">=" -> a -> truth(x.of(a) >= y.of(a));
      case "<<" -> a -> x.of(a) << y.of(a);
      case ">>" -> a -> x.of(a) >> y.of(a);
      case "+" -> a -> x.of(a) + y.of(a);
      case "-" -> a -> x.of(a) - y.of(a);
      case "*" -> a -> x.of(a) * y.of(a);
      case "/" -> a -> x.of(a) / y.of(a);
      case "%" -> a -> x.of(a) % y.of(a);
      default -> throw new AssertionError(operator);
    };
  }

  private static long truth(boolean holds) {
    return holds ? 1 : 0;
  }

  private Value single() {
    if (take("(")) {
      Value inner = choice();
      need(")");
      return inner;
    }
    if (take("-")) {
      Value negated = single();
      return a -> -negated.of(a);
    }
    if (take("+")) {
      return single();
    }
    if (take("~")) {
      Value inverted = single();
      return a -> ~inverted.of(a);
    }
    if (take("!")) {
      Value denied = single();
      return a -> truth(denied.of(a) == 0);
    }
    if (at == tokens.size()) {
      throw refused();
    }
    String token = tokens.get(at);
    if (Character.isDigit(token.charAt(0))) {
      at++;
      return new Constant(Long.decode(token.replaceAll("[uUlL]+$", "")));
    }
    int parameter = parameters.indexOf(token);
    if (parameter < 0) {
      throw refused();
    }
    at++;
    return a -> a[parameter];
  }
}
