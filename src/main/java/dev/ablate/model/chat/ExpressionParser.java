package dev.ablate.model.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads expressions, by the grammar and the precedence of Jinja. */
final class ExpressionParser {
  private static final int DEEPEST = 200;

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  private final Tokens tokens;
  private final ValueParser values;
  private int depth;

  ExpressionParser(Tokens tokens) {
    this.tokens = tokens;
    this.values = new ValueParser(tokens, this);
  }

  /** What reads a value alone, such as a filter or what a tag calls. */
  ValueParser values() {
    return values;
  }

  /** What stands in an output: one expression, or a tuple of several. */
  Expression tuple() {
    return tuple(true, Set.of());
  }

  /** The same without a choice by {@code if}, up to one of some names. */
  Expression tuple(boolean choices, Set<String> ends) {
    List<Expression> items = new ArrayList<>();
    boolean several = false;
    while (!endsTuple(ends)) {
      items.add(choices ? expression() : or());
      if (!tokens.skipSign(",")) {
        break;
      }
      several = true;
    }
    if (items.isEmpty()) {
      throw tokens.unexpected("an expression");
    }
    return several ? run -> new Tuple(values(run, items)) : items.get(0);
  }

  private boolean endsTuple(Set<String> ends) {
    Token token = tokens.peek();
    return token.kind() == Token.Kind.END
        || token.isSign(")")
        || token.kind() == Token.Kind.NAME && ends.contains(token.text());
  }

  static List<Object> values(Run run, List<Expression> items) {
    List<Object> values = new ArrayList<>(items.size());
    items.forEach(item -> values.add(item.value(run)));
    return values;
  }

  /** A choice, or what binds closer. */
  Expression expression() {
    Expression value = or();
    while (tokens.skipName("if")) {
      Expression chosen = value;
      Expression condition = or();
      Expression otherwise =
          tokens.skipName("else")
              ? expression()
              : run -> new Undefined("the inline if-expression has no else");
      value = run -> Python.truth(condition.value(run)) ? chosen.value(run) : otherwise.value(run);
    }
    return value;
  }

  private Expression or() {
    Expression left = and();
    while (tokens.skipName("or")) {
      Expression one = left;
      Expression other = and();
      left =
          run -> {
            Object value = one.value(run);
            return Python.truth(value) ? value : other.value(run);
          };
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.skipName("and")) {
      Expression one = left;
      Expression other = not();
      left =
          run -> {
            Object value = one.value(run);
            return Python.truth(value) ? other.value(run) : value;
          };
    }
    return left;
  }

  private Expression not() {
    if (tokens.skipName("not")) {
      Expression value = deeper(this::not);
      return run -> !Python.truth(value.value(run));
    }
    return comparison();
  }

  private interface Level {
    Expression read();
  }

  private Expression deeper(Level level) {
    if (++depth > DEEPEST) {
      throw new TemplateTrouble("an expression is nested deeper than " + DEEPEST)
          .at(tokens.peek().line());
    }
    Expression value = level.read();
    depth--;
    return value;
  }

  /** One comparison after another, as Python chains them. */
  private Expression comparison() {
    Expression first = sum();
    List<String> signs = new ArrayList<>();
    List<Expression> others = new ArrayList<>();
    for (String sign = comparisonSign(); sign != null; sign = comparisonSign()) {
      signs.add(sign);
      others.add(sum());
    }
    if (signs.isEmpty()) {
      return first;
    }
    return run -> {
      Object left = first.value(run);
      boolean holds = true;
      for (int i = 0; i < signs.size() && holds; i++) {
        Object right = others.get(i).value(run);
        holds = holds(run, signs.get(i), left, right);
        left = right;
      }
      return holds;
    };
  }

  private String comparisonSign() {
    Token token = tokens.peek();
    if (token.kind() == Token.Kind.SIGN && COMPARISONS.contains(token.text())) {
      return tokens.next().text();
    } else if (tokens.skipName("in")) {
      return "in";
    } else if (tokens.isName("not")) {
      tokens.next();
      if (!tokens.skipName("in")) {
        throw tokens.unexpected("'in'");
      }
      return "not in";
    }
    return null;
  }

  static boolean holds(Run run, String sign, Object left, Object right) {
    return switch (sign) {
      case "==" -> Python.equal(run, left, right);
      case "!=" -> !Python.equal(run, left, right);
      case "<" -> Python.compare(run, left, right) < 0;
      case "<=" -> Python.compare(run, left, right) <= 0;
      case ">" -> Python.compare(run, left, right) > 0;
      case ">=" -> Python.compare(run, left, right) >= 0;
      case "in" -> Python.in(run, left, right);
      default -> !Python.in(run, left, right);
    };
  }

  private Expression sum() {
    Expression left = concatenation();
    while (tokens.isSign("+") || tokens.isSign("-")) {
      left = operation(tokens.next().text(), left, concatenation());
    }
    return left;
  }

  private static Expression operation(String sign, Expression one, Expression other) {
    return run -> Arithmetic.of(run, sign, one.value(run), other.value(run));
  }

  private Expression concatenation() {
    List<Expression> parts = new ArrayList<>(List.of(product()));
    while (tokens.skipSign("~")) {
      parts.add(product());
    }
    if (parts.size() == 1) {
      return parts.get(0);
    }
    return run -> {
      StringBuilder text = new StringBuilder();
      for (Expression part : parts) {
        String more = Python.text(run, part.value(run));
        run.make(text.length() + (long) more.length());
        text.append(more);
      }
      return text.toString();
    };
  }

  private Expression product() {
    Expression left = power();
    while (tokens.isSign("*") || tokens.isSign("/") || tokens.isSign("//") || tokens.isSign("%")) {
      left = operation(tokens.next().text(), left, power());
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (tokens.skipSign("**")) {
      left = operation("**", left, unary(true));
    }
    return left;
  }

  private Expression unary(boolean filters) {
    return deeper(
        () -> {
          Expression value;
          if (tokens.skipSign("-")) {
            Expression positive = unary(false);
            value = run -> Arithmetic.negative(positive.value(run));
          } else if (tokens.skipSign("+")) {
            Expression own = unary(false);
            value = run -> Arithmetic.positive(own.value(run));
          } else {
            value = values.primary();
          }
          value = values.parts(value);
          return filters ? values.filtersAndTests(value) : value;
        });
  }
}
