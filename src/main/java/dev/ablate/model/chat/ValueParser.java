package dev.ablate.model.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Reads what operators stand between: names, constants, and what is taken from a value, made of it
 * and asked about it.
 */
final class ValueParser {
  private final Tokens tokens;
  private final ExpressionParser expressions;

  ValueParser(Tokens tokens, ExpressionParser expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  Expression primary() {
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
      Expression value = tokens.isSign(")") ? constant(new Tuple(List.of())) : expressions.tuple();
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
      items.add(expressions.expression());
      if (!tokens.skipSign(",")) {
        break;
      }
    }
    tokens.requireSign("]");
    return run -> ExpressionParser.values(run, items);
  }

  private Expression dict() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> items = new ArrayList<>();
    while (!tokens.isSign("}")) {
      keys.add(expressions.expression());
      tokens.requireSign(":");
      items.add(expressions.expression());
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
  Expression parts(Expression value) {
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
    Expression from = tokens.isSign(":") ? constant(None.NONE) : expressions.expression();
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
    return tokens.isSign(":") || tokens.isSign("]")
        ? constant(None.NONE)
        : expressions.expression();
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
    CallArguments given = CallArguments.read(tokens, expressions);
    return run -> {
      Object called = of.value(run);
      if (called instanceof Callable callable) {
        return callable.call(run, given.values(run), given.named(run));
      }
      throw new TemplateTrouble("a " + Python.type(called) + " is called, which is no function");
    };
  }

  /** What is made of a value, and asked about it. */
  Expression filtersAndTests(Expression value) {
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
        tokens.isSign("(") ? CallArguments.read(tokens, expressions) : CallArguments.NONE;
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
      return CallArguments.read(tokens, expressions);
    } else if (next.isName("is")) {
      throw tokens.unexpected("no other test behind a test");
    }
    return value ? new CallArguments(List.of(parts(primary())), Map.of()) : CallArguments.NONE;
  }
}
