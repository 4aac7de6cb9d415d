package dev.ablate.model.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands between the brackets of a call.
 *
 * @param inOrder values without names
 * @param byName values by name
 */
record CallArguments(List<Expression> inOrder, Map<String, Expression> byName) {
  static final CallArguments NONE = new CallArguments(List.of(), Map.of());

  /** Reads them, brackets included. */
  static CallArguments read(Tokens tokens, ExpressionParser parser) {
    tokens.requireSign("(");
    List<Expression> inOrder = new ArrayList<>();
    Map<String, Expression> byName = new LinkedHashMap<>();
    while (!tokens.isSign(")")) {
      if (tokens.isSign("*") || tokens.isSign("**")) {
        throw new TemplateTrouble("a call with '*' is not known here").at(tokens.peek().line());
      }
      Token start = tokens.peek();
      Expression value = parser.expression();
      if (tokens.isSign("=") && start.kind() == Token.Kind.NAME) {
        tokens.next();
        byName.put(start.text(), parser.expression());
      } else if (byName.isEmpty()) {
        inOrder.add(value);
      } else {
        throw new TemplateTrouble("a value without a name stands behind one with a name")
            .at(start.line());
      }
      if (!tokens.skipSign(",")) {
        break;
      }
    }
    tokens.requireSign(")");
    return new CallArguments(inOrder, byName);
  }

  List<Object> values(Run run) {
    List<Object> values = new ArrayList<>(inOrder.size());
    inOrder.forEach(value -> values.add(value.value(run)));
    return values;
  }

  Map<String, Object> named(Run run) {
    Map<String, Object> named = new LinkedHashMap<>();
    byName.forEach((name, value) -> named.put(name, value.value(run)));
    return named;
  }
}
