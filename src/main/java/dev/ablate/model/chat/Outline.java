package dev.ablate.model.chat;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.expression.ExpressionStrategy;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.output.RenderedOutputNode;
import com.hubspot.jinjava.tree.parse.ExpressionToken;
import java.util.List;

/**
 * The library that nests the tags of a {@link Program} and goes through them. Of what it brings
 * itself, expressions, filters, tags and the ways to Java objects and files, nothing is used. Not
 * for use by several threads.
 */
final class Outline {
  private final Program program;
  private final JinjavaInterpreter interpreter;
  private final Node root;
  private Run run;

  /**
   * Nests the tags of a program.
   *
   * @throws TemplateTrouble if the library finds anything wrong
   */
  Outline(Program program) {
    this.program = program;
    Jinjava library = new Jinjava(JinjavaConfig.newBuilder().build());
    Context context = library.getGlobalContext();
    Program.SINGLE.forEach(name -> context.registerTag(new Numbered(name, null)));
    Program.NESTING.forEach(name -> context.registerTag(new Numbered(name, "end" + name)));
    context.setExpressionStrategy(new NumberedOutput());
    this.interpreter = new JinjavaInterpreter(library, context, library.getGlobalConfig());
    this.root = interpreter.parse(program.outline());
    requireNoErrors();
  }

  /**
   * Goes through the program.
   *
   * @throws TemplateTrouble if anything goes wrong
   */
  void run(Run run) {
    this.run = run;
    String text = interpreter.render(root);
    if (run.trouble() != null) {
      throw run.trouble();
    }
    requireNoErrors();
    if (!text.isEmpty()) {
      throw new TemplateTrouble("the library wrote what no step did");
    }
  }

  private void requireNoErrors() {
    List<TemplateError> errors = interpreter.getErrorsCopy();
    if (!errors.isEmpty()) {
      throw new TemplateTrouble(errors.get(0).getMessage());
    }
  }

  private void step(String number, List<Node> nodes, JinjavaInterpreter interpreter) {
    int n = Integer.parseInt(number.strip());
    run.part(program.line(n), () -> program.step(n).run(run, new Nodes(nodes, interpreter)));
  }

  /** Nodes of the library up to one that parts them. */
  private final class Nodes implements Step.Body {
    private final List<Node> nodes;
    private final JinjavaInterpreter interpreter;
    private final int end;

    Nodes(List<Node> nodes, JinjavaInterpreter interpreter) {
      this.nodes = nodes;
      this.interpreter = interpreter;
      int first = 0;
      while (first < nodes.size() && !parts(nodes.get(first))) {
        first++;
      }
      this.end = first;
    }

    private static boolean parts(Node node) {
      return node instanceof TagNode tag
          && (tag.getName().equals("else") || tag.getName().equals("elif"));
    }

    @Override
    public void run() {
      for (Node node : nodes.subList(0, end)) {
        node.render(interpreter);
      }
    }

    @Override
    public Step.Branch next() {
      if (end == nodes.size()) {
        return null;
      }
      int number = Integer.parseInt(((TagNode) nodes.get(end)).getHelpers().strip());
      return new Step.Branch(
          program.step(number), new Nodes(nodes.subList(end + 1, nodes.size()), interpreter));
    }
  }

  /** A tag that holds the number of a step. */
  private final class Numbered implements Tag {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final String endName;

    Numbered(String name, String endName) {
      this.name = name;
      this.endName = endName;
    }

    @Override
    public String getName() {
      return name;
    }

    @Override
    public String getEndTagName() {
      return endName;
    }

    @Override
    public String interpret(TagNode node, JinjavaInterpreter interpreter) {
      step(node.getHelpers(), List.copyOf(node.getChildren()), interpreter);
      return "";
    }
  }

  /** An output that holds the number of a step. */
  private final class NumberedOutput implements ExpressionStrategy {
    private static final long serialVersionUID = 1L;

    @Override
    public RenderedOutputNode interpretOutput(
        ExpressionToken token, JinjavaInterpreter interpreter) {
      step(token.getExpr(), List.of(), interpreter);
      return new RenderedOutputNode("");
    }
  }
}
