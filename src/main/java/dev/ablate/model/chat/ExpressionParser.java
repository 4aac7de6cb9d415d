package dev.ablate.model.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Reads expressions, by the grammar and the precedence of Jinja. */
final class ExpressionParser {
  private static final int DEEPEST = 200;

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  private final Tokens tokens;
  private int depth;

  ExpressionParser(Tokens tokens) {
    this.tokens = tokens;
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

  private static List<Object> values(Run run, List<Expression> items) {
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
            value = primary();
          }
          value = parts(value);
          return filters ? filtersAndTests(value) : value;
        });
  }

  private Expression primary() {
    Token token = tokens.next();
    switch (token.kind()) {
      case NAME:
        return name(token.text());
      case TEXT:
        StringBuilder text = new StringBuilder(token.text());
        while (tokens.peek().kind() == Token.Kind.TEXT) {
          text.append(tokens.next().text());
        }
        return constant(text.toString());
      case WHOLE:
        return constant(whole(token));
      case DECIMAL:
        return constant(Double.parseDouble(token.text()));
      default:
        break;
    }
    if (token.isSign("(")) {
      Expression value = tokens.isSign(")") ? constant(new Tuple(List.of())) : tuple();
      tokens.requireSign(")");
      return value;
    } else if (token.isSign("[")) {
      return list();
    } else if (token.isSign("{")) {
      return dict();
    }
    throw new TemplateTrouble("unexpected " + token + " in place of an expression")
        .at(token.line());
  }

  private static Expression constant(Object value) {
    return run -> value;
  }

  private static Expression name(String name) {
    return switch (name) {
      case "true", "True" -> constant(true);
      case "false", "False" -> constant(false);
      case "none", "None" -> constant(None.NONE);
      default ->
          run -> {
            run.step();
            return run.scope().get(name);
          };
    };
  }

  private static Long whole(Token token) {
    try {
      return Long.decode(
          token.text().matches("0[bBoO].*")
              ? Long.toString(
                  Long.parseLong(
                      token.text().substring(2), token.text().matches("0[bB].*") ? 2 : 8))
              : token.text().replaceFirst("^0+(?=\\d)", ""));
    } catch (NumberFormatException e) {
      throw new TemplateTrouble("the number " + token.text() + " is too large").at(token.line());
    }
  }

  private Expression list() {
    List<Expression> items = new ArrayList<>();
    while (!tokens.isSign("]")) {
      items.add(expression());
      if (!tokens.skipSign(",")) {
        break;
      }
    }
    tokens.requireSign("]");
    return run -> values(run, items);
  }

  private Expression dict() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> items = new ArrayList<>();
    while (!tokens.isSign("}")) {
      keys.add(expression());
      tokens.requireSign(":");
      items.add(expression());
      if (!tokens.skipSign(",")) {
        break;
      }
    }
    tokens.requireSign("}");
    return run -> {
      Map<Object, Object> dict = new LinkedHashMap<>();
      for (int i = 0; i < keys.size(); i++) {
        Object key = keys.get(i).value(run);
        Parts.requireKey(key);
        dict.put(key, items.get(i).value(run));
      }
      return dict;
    };
  }

  /** What is taken from a value: attributes, items, calls. */
  private Expression parts(Expression value) {
    Expression whole = value;
    while (true) {
      Expression of = whole;
      if (tokens.skipSign(".")) {
        whole = attribute(of);
      } else if (tokens.skipSign("[")) {
        whole = item(of);
      } else if (tokens.isSign("(")) {
        whole = call(of);
      } else {
        return whole;
      }
    }
  }

  private Expression attribute(Expression of) {
    if (tokens.peek().kind() == Token.Kind.WHOLE) {
      Object place = whole(tokens.next());
      return run -> Parts.item(run, of.value(run), place);
    }
    String name = tokens.requireName();
    return run -> Parts.attribute(run, of.value(run), name);
  }

  private Expression item(Expression of) {
    Expression from = tokens.isSign(":") ? constant(None.NONE) : expression();
    if (!tokens.isSign(":")) {
      tokens.requireSign("]");
      return run -> Parts.item(run, of.value(run), from.value(run));
    }
    tokens.next();
    Expression to = bound();
    Expression step = tokens.skipSign(":") ? bound() : constant(None.NONE);
    tokens.requireSign("]");
    return run -> Parts.slice(run, of.value(run), from.value(run), to.value(run), step.value(run));
  }

  private Expression bound() {
    return tokens.isSign(":") || tokens.isSign("]") ? constant(None.NONE) : expression();
  }

  /** What a tag calls: a name, and attributes of it. */
  Expression callee() {
    Expression called = name(tokens.requireName());
    while (tokens.skipSign(".")) {
      called = attribute(called);
    }
    return called;
  }

  private Expression call(Expression of) {
    CallArguments given = CallArguments.read(tokens, this);
    return run -> {
      Object called = of.value(run);
      if (called instanceof Callable callable) {
        return callable.call(run, given.values(run), given.named(run));
      }
      throw new TemplateTrouble("a " + Python.type(called) + " is called, which is no function");
    };
  }

  /** What is made of a value, and asked about it. */
  private Expression filtersAndTests(Expression value) {
    Expression whole = value;
    while (true) {
      if (tokens.skipSign("|")) {
        whole = filter().apply(whole);
      } else if (tokens.skipName("is")) {
        whole = test(whole);
      } else if (tokens.isSign("(")) {
        whole = call(whole);
      } else {
        return whole;
      }
    }
  }

  /** A filter, whose name is next. */
  UnaryOperator<Expression> filter() {
    int line = tokens.peek().line();
    String name = tokens.requireName();
    CallArguments given =
        tokens.isSign("(") ? CallArguments.read(tokens, this) : CallArguments.NONE;
    if (name.equals("safe") && tokens.isEnd()) {
      return of -> of;
    }
    Filters.Filter filter = Filters.of(name, line);
    return of -> run -> filter.of(run, of.value(run), given.values(run), given.named(run));
  }

  private Expression test(Expression of) {
    boolean negated = tokens.skipName("not");
    int line = tokens.peek().line();
    Tests.Test test = Tests.of(tokens.requireName(), line);
    CallArguments given = testArguments();
    return run -> negated != test.of(run, of.value(run), given.values(run));
  }

  private CallArguments testArguments() {
    Token next = tokens.peek();
    boolean open = next.isSign("[") || next.isSign("{");
    boolean value =
        switch (next.kind()) {
          case NAME -> !Set.of("else", "or", "and").contains(next.text());
          case TEXT, WHOLE, DECIMAL -> true;
          default -> open;
        };
    if (next.isSign("(")) {
      return CallArguments.read(tokens, this);
    } else if (next.isName("is")) {
      throw tokens.unexpected("no other test behind a test");
    }
    return value ? new CallArguments(List.of(parts(primary())), Map.of()) : CallArguments.NONE;
  }
}
