package dev.ablate.model.chat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A template taken apart: its steps, and an outline in Jinja in which each step stands as its
 * number. Only the outline goes to the library, which nests the tags and goes through them.
 */
final class Program {
  /** Tags without an end. */
  static final Set<String> SINGLE = Set.of("else", "elif", "set", "break", "continue");

  /** Tags with an end. */
  static final Set<String> NESTING =
      Set.of("if", "for", "macro", "call", "filter", "with", "generation", SetBlock.NAME);

  private static final int DEEPEST = 50;

  private final List<Step> steps = new ArrayList<>();
  private final List<Integer> lines = new ArrayList<>();
  private final StringBuilder outline = new StringBuilder();
  private final Deque<Open> open = new ArrayDeque<>();

  private record Open(String tag, int line) {}

  /** How the outline calls a {@code set} with a body, whose end is called {@code endset}. */
  static final class SetBlock {
    static final String NAME = "setblock";

    private SetBlock() {}
  }

  /**
   * Reads a template.
   *
   * @throws TemplateTrouble if it is none, or has a tag, filter or test that is not known
   */
  Program(String template) {
    for (TemplateReader.Piece piece : TemplateReader.read(template)) {
      if (piece instanceof TemplateReader.Text text) {
        output(new Step.Text(text.text()), text.line());
      } else if (piece instanceof TemplateReader.Output output) {
        Tokens tokens = new Tokens(output.tokens());
        Expression value = new ExpressionParser(tokens).tuple();
        tokens.requireEnd();
        output(new Step.Output(value), output.line());
      } else if (piece instanceof TemplateReader.Tag tag) {
        Tokens tokens = new Tokens(tag.tokens());
        tag(tokens.requireName(), tokens, tag.line());
        tokens.requireEnd();
      }
    }
    if (!open.isEmpty()) {
      throw new TemplateTrouble("the tag '" + open.peek().tag() + "' has no end")
          .at(open.peek().line());
    }
  }

  /** The outline. */
  String outline() {
    return outline.toString();
  }

  /** A step by its number. */
  Step step(int number) {
    return steps.get(number);
  }

  /** Where a step is in the template, from 1. */
  int line(int number) {
    return lines.get(number);
  }

  private void output(Step step, int line) {
    outline.append("{{ ").append(add(step, line)).append(" }}");
  }

  private int add(Step step, int line) {
    steps.add(step);
    lines.add(line);
    return steps.size() - 1;
  }

  private void tag(String name, Tokens tokens, int line) {
    if (name.startsWith("end")) {
      close(name.substring("end".length()), line);
      return;
    }
    ExpressionParser parser = new ExpressionParser(tokens);
    switch (name) {
      case "if" -> open("if", new Step.If(parser.tuple(false, Set.of())), line);
      case "elif" -> part("elif", new Step.If(parser.tuple(false, Set.of())), line);
      case "else" -> part("else", new Step.Else(), line);
      case "for" -> open("for", loop(tokens, parser), line);
      case "break" -> leave(name, Run.Flow.BREAK, line);
      case "continue" -> leave(name, Run.Flow.CONTINUE, line);
      case "set" -> set(tokens, parser, line);
      case "with" -> open("with", with(tokens, parser), line);
      case "filter" -> open("filter", new Step.Filtered(filters(tokens, parser, false)), line);
      case "generation" -> open("generation", new Step.Generation(), line);
      case "macro" ->
          open("macro", new Step.Macro(tokens.requireName(), signature(tokens, parser)), line);
      case "call" -> open("call", call(tokens, parser), line);
      default -> throw new TemplateTrouble("the tag '" + name + "' is not known here").at(line);
    }
  }

  private void open(String tag, Step step, int line) {
    if (open.size() == DEEPEST) {
      throw new TemplateTrouble("tags are nested deeper than " + DEEPEST).at(line);
    }
    open.push(new Open(tag, line));
    single(tag, step, line);
  }

  private void single(String tag, Step step, int line) {
    outline.append("{% ").append(tag).append(' ').append(add(step, line)).append(" %}");
  }

  private void part(String tag, Step step, int line) {
    boolean fits =
        !open.isEmpty()
            && (open.peek().tag().equals("if")
                || open.peek().tag().equals("for") && tag.equals("else"));
    if (!fits) {
      throw new TemplateTrouble("the tag '" + tag + "' is out of place").at(line);
    }
    single(tag, step, line);
  }

  private void close(String tag, int line) {
    boolean set = tag.equals("set") && !open.isEmpty() && open.peek().tag().equals(SetBlock.NAME);
    String opened = set ? SetBlock.NAME : tag;
    if (open.isEmpty() || !open.peek().tag().equals(opened)) {
      throw new TemplateTrouble("the tag 'end" + tag + "' is out of place").at(line);
    }
    open.pop();
    outline.append("{% end").append(opened).append(" %}");
  }

  private void leave(String tag, Run.Flow flow, int line) {
    for (Open outer : open) {
      if (outer.tag().equals("for")) {
        single(tag, new Step.Leave(flow), line);
        return;
      } else if (!outer.tag().equals("if") && !outer.tag().equals("with")) {
        break;
      }
    }
    throw new TemplateTrouble("the tag '" + tag + "' is out of place").at(line);
  }

  private static Step loop(Tokens tokens, ExpressionParser parser) {
    Target target = Target.read(tokens);
    if (!tokens.skipName("in")) {
      throw tokens.unexpected("'in'");
    }
    Expression over = parser.tuple(false, Set.of("recursive", "if"));
    Expression condition = tokens.skipName("if") ? parser.expression() : null;
    if (tokens.isName("recursive")) {
      throw new TemplateTrouble("a loop that is 'recursive' is not known here")
          .at(tokens.peek().line());
    }
    return new Step.For(target, over, condition);
  }

  private void set(Tokens tokens, ExpressionParser parser, int line) {
    Target target = Target.read(tokens);
    if (tokens.skipSign("=")) {
      single("set", new Step.Set(target, parser.tuple()), line);
    } else {
      open(SetBlock.NAME, new Step.SetBody(target, filters(tokens, parser, true)), line);
    }
  }

  /** Filters one behind another, behind a sign each but the first, which may have none. */
  private static UnaryOperator<Expression> filters(
      Tokens tokens, ExpressionParser parser, boolean signFirst) {
    List<UnaryOperator<Expression>> filters = new ArrayList<>();
    boolean another = signFirst ? tokens.skipSign("|") : true;
    while (another) {
      filters.add(parser.values().filter());
      another = tokens.skipSign("|");
    }
    return value -> {
      Expression whole = value;
      for (UnaryOperator<Expression> filter : filters) {
        whole = filter.apply(whole);
      }
      return whole;
    };
  }

  private static Step with(Tokens tokens, ExpressionParser parser) {
    Map<Target, Expression> values = new LinkedHashMap<>();
    while (!tokens.isEnd()) {
      Target target = Target.read(tokens);
      tokens.requireSign("=");
      values.put(target, parser.expression());
      if (!tokens.skipSign(",")) {
        break;
      }
    }
    return new Step.With(values);
  }

  private static Step.Signature signature(Tokens tokens, ExpressionParser parser) {
    List<String> names = new ArrayList<>();
    Map<String, Expression> otherwise = new LinkedHashMap<>();
    tokens.requireSign("(");
    while (!tokens.isSign(")")) {
      String name = tokens.requireName();
      names.add(name);
      if (tokens.skipSign("=")) {
        otherwise.put(name, parser.expression());
      }
      if (!tokens.skipSign(",")) {
        break;
      }
    }
    tokens.requireSign(")");
    return new Step.Signature(names, otherwise);
  }

  private static Step call(Tokens tokens, ExpressionParser parser) {
    Step.Signature signature =
        tokens.isSign("(") ? signature(tokens, parser) : new Step.Signature(List.of(), Map.of());
    Expression called = parser.values().callee();
    return new Step.Call(signature, called, CallArguments.read(tokens, parser));
  }
}
