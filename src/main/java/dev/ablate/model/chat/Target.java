package dev.ablate.model.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a value is given to. */
sealed interface Target {
  /** Gives it a value. */
  void set(Run run, Scope scope, Object value);

  /** A variable. */
  record Variable(String name) implements Target {
    @Override
    public void set(Run run, Scope scope, Object value) {
      scope.set(name, value);
    }
  }

  /** An attribute of a namespace. */
  record Attribute(String of, String name) implements Target {
    @Override
    public void set(Run run, Scope scope, Object value) {
      if (!(run.scope().get(of) instanceof Namespace namespace)) {
        throw new TemplateTrouble(
            "'" + of + "." + name + "' is set, and '" + of + "' is no namespace");
      }
      namespace.set(name, value);
    }
  }

  /** Several, for the items of a value. */
  record Several(List<Target> targets) implements Target {
    @Override
    public void set(Run run, Scope scope, Object value) {
      List<Object> items = Parts.iterated(run, value);
      if (items.size() != targets.size()) {
        throw new TemplateTrouble(
            items.size() + " values are given to " + targets.size() + " variables");
      }
      for (int i = 0; i < items.size(); i++) {
        targets.get(i).set(run, scope, items.get(i));
      }
    }
  }

  /** Reads what stands before {@code =} or {@code in}. */
  static Target read(Tokens tokens) {
    List<Target> targets = new ArrayList<>();
    boolean several = false;
    do {
      if (!targets.isEmpty() && (tokens.isName("in") || tokens.isSign("=") || tokens.isEnd())) {
        break;
      }
      targets.add(one(tokens));
      several |= tokens.isSign(",");
    } while (tokens.skipSign(","));
    return several ? new Several(targets) : targets.get(0);
  }

  private static Target one(Tokens tokens) {
    if (tokens.skipSign("(")) {
      Target inner = read(tokens);
      tokens.requireSign(")");
      return inner;
    }
    int line = tokens.peek().line();
    String name = tokens.requireName();
    if (tokens.skipSign(".")) {
      return new Attribute(name, tokens.requireName());
    }
    if (Set.of("true", "false", "none", "True", "False", "None").contains(name)) {
      throw new TemplateTrouble("'" + name + "' is given a value").at(line);
    }
    return new Variable(name);
  }
}
