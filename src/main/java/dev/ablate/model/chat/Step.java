package dev.ablate.model.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What a template does in one place. */
sealed interface Step {
  /** What stands between a tag and its end. */
  interface Body {
    /** Does all of it, up to a tag such as {@code else} that parts it. */
    void run();

    /** The tag that parts it first and what follows that; null where there is none. */
    Branch next();
  }

  /**
   * What follows a tag such as {@code else}.
   *
   * @param step the tag
   * @param body what follows it, up to the next such tag
   */
  record Branch(Step step, Body body) {}

  /** Does it. */
  void run(Run run, Body body);

  /** A text as it stands. */
  record Text(String text) implements Step {
    @Override
    public void run(Run run, Body body) {
      run.write(text);
    }
  }

  /** The value of an expression as a text. */
  record Output(Expression value) implements Step {
    @Override
    public void run(Run run, Body body) {
      run.write(Python.text(run, value.value(run)));
    }
  }

  /** {@code if} and {@code elif}. */
  record If(Expression condition) implements Step {
    @Override
    public void run(Run run, Body body) {
      if (Python.truth(condition.value(run))) {
        body.run();
      } else if (body.next() != null) {
        body.next().step().run(run, body.next().body());
      }
    }
  }

  /** {@code else}. */
  record Else() implements Step {
    @Override
    public void run(Run run, Body body) {
      body.run();
    }
  }

  /** {@code for}; the condition is null where there is none. */
  record For(Target target, Expression over, Expression condition) implements Step {
    @Override
    public void run(Run run, Body body) {
      List<Object> items = new ArrayList<>();
      for (Object item : Parts.iterated(run, over.value(run))) {
        if (condition == null || holds(run, item)) {
          items.add(item);
        }
      }
      Object outer = run.scope().get("loop");
      LoopState loop =
          new LoopState(items, outer instanceof LoopState state ? state.depth() + 1 : 0);
      boolean done = false;
      for (int i = 0; i < items.size() && run.flow() != Run.Flow.BREAK; i++) {
        run.step();
        run.flow(Run.Flow.ON);
        loop.at(i);
        Scope scope = new Scope(run.scope());
        scope.set("loop", loop);
        target.set(run, scope, items.get(i));
        run.within(scope, body::run);
        if (run.trouble() != null) {
          return;
        }
        done |= run.flow() == Run.Flow.ON;
      }
      run.flow(Run.Flow.ON);
      // Jinja asks whether a turn came to its end, not whether one began.
      if (!done && body.next() != null) {
        body.next().step().run(run, body.next().body());
      }
    }

    private boolean holds(Run run, Object item) {
      Scope scope = new Scope(run.scope());
      target.set(run, scope, item);
      boolean[] holds = new boolean[1];
      run.within(scope, () -> holds[0] = Python.truth(condition.value(run)));
      return holds[0];
    }
  }

  /** {@code break} and {@code continue}. */
  record Leave(Run.Flow flow) implements Step {
    @Override
    public void run(Run run, Body body) {
      run.flow(flow);
    }
  }

  /** {@code set} with a value. */
  record Set(Target target, Expression value) implements Step {
    @Override
    public void run(Run run, Body body) {
      target.set(run, run.scope(), value.value(run));
    }
  }

  /** {@code set} with a body, through filters. */
  record SetBody(Target target, UnaryOperator<Expression> filters) implements Step {
    @Override
    public void run(Run run, Body body) {
      target.set(run, run.scope(), filtered(run, body, filters));
    }
  }

  /** {@code filter}. */
  record Filtered(UnaryOperator<Expression> filters) implements Step {
    @Override
    public void run(Run run, Body body) {
      run.write(Python.text(run, filtered(run, body, filters)));
    }
  }

  private static Object filtered(Run run, Body body, UnaryOperator<Expression> filters) {
    String text = captured(run, new Scope(run.scope()), body);
    return filters.apply(r -> text).value(run);
  }

  private static String captured(Run run, Scope scope, Body body) {
    String[] text = new String[1];
    run.within(scope, () -> text[0] = run.captured(body::run));
    if (run.trouble() != null) {
      throw run.trouble();
    }
    return text[0];
  }

  /** {@code with}. */
  record With(Map<Target, Expression> values) implements Step {
    @Override
    public void run(Run run, Body body) {
      Scope scope = new Scope(run.scope());
      values.forEach((target, value) -> target.set(run, scope, value.value(run)));
      run.within(scope, body::run);
    }
  }

  /** {@code generation}, which marks what the model says: variables in it stay in it. */
  record Generation() implements Step {
    @Override
    public void run(Run run, Body body) {
      run.within(new Scope(run.scope()), body::run);
    }
  }

  /**
   * What a macro takes.
   *
   * @param names its parameters
   * @param otherwise what they are where they are not given, by name
   */
  record Signature(List<String> names, Map<String, Expression> otherwise) {}

  /** {@code macro}. */
  record Macro(String name, Signature signature) implements Step {
    @Override
    public void run(Run run, Body body) {
      run.scope().set(name, function(run, name, signature, body));
    }
  }

  /** {@code call}. */
  record Call(Signature signature, Expression called, CallArguments given) implements Step {
    @Override
    public void run(Run run, Body body) {
      Object function = called.value(run);
      if (!(function instanceof Callable callable)) {
        throw new TemplateTrouble("a " + Python.type(function) + " is called by a tag");
      }
      Map<String, Object> named = new LinkedHashMap<>(given.named(run));
      named.put("caller", function(run, "caller", signature, body));
      run.write(Python.text(run, callable.call(run, given.values(run), named)));
    }
  }

  private static Callable function(Run run, String name, Signature signature, Body body) {
    Scope outer = run.scope();
    return (r, args, named) -> {
      Map<String, Object> given = new LinkedHashMap<>(named);
      Object caller = given.remove("caller");
      Arguments arguments =
          Arguments.of(name, args, given, signature.names().toArray(String[]::new));
      Scope scope = new Scope(outer);
      scope.set("caller", caller == null ? Undefined.variable("caller") : caller);
      return r.deeper(
          () -> {
            for (String parameter : signature.names()) {
              Expression otherwise = signature.otherwise().get(parameter);
              Object[] value = {arguments.get(parameter, null)};
              if (value[0] == null && otherwise != null) {
                r.within(scope, () -> value[0] = otherwise.value(r));
              }
              scope.set(
                  parameter,
                  value[0] == null
                      ? new Undefined("the parameter '" + parameter + "' was not provided")
                      : value[0]);
            }
            return captured(r, scope, body);
          });
    };
  }
}
