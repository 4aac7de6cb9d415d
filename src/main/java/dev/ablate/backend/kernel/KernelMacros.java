package dev.ablate.backend.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The macros of a source and what of its text they leave: constants and sizes that the kernels and
 * their callers share stand in the source alone and are read here. Conditions are decided as for
 * CUDA, whose dialect has every kernel.
 */
final class KernelMacros {
  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);
  private static final Pattern DEFINE =
      Pattern.compile("define\\s+(\\w+)(?:\\(([^)]*)\\))?(.*)", Pattern.DOTALL);
  private static final Pattern DIRECTIVE = Pattern.compile("\\s*#\\s*(\\w+)(.*)", Pattern.DOTALL);
  private static final Map<KernelSource, KernelMacros> READ = new ConcurrentHashMap<>();

  private final String stem;
  private final String text;
  private final Map<String, Macro> macros = new HashMap<>();
  private final Map<String, IntegerExpression.Value> values = new ConcurrentHashMap<>();

  /** A macro; the parameters are null where it has no parentheses. */
  private record Macro(List<String> parameters, String body) {}

  /** The macros of {@code kernels/<stem>.cl} compiled without others, read once. */
  static KernelMacros of(String stem) {
    return of(KernelSource.of(stem, Map.of()));
  }

  /** The macros of a source with those it is compiled with, read once. */
  static KernelMacros of(KernelSource source) {
    return READ.computeIfAbsent(source, KernelMacros::new);
  }

  private KernelMacros(KernelSource source) {
    this.stem = source.stem();
    macros.put("ABLATE_CUDA", new Macro(null, "1"));
    source.defines().forEach((name, value) -> macros.put(name, new Macro(null, "" + value)));
    String plain = COMMENT.matcher(source.text().replace("\\\n", " ")).replaceAll(" ");
    StringBuilder active = new StringBuilder();
    // Of each condition around a line: whether the line counts, and whether a branch was taken.
    List<boolean[]> conditions = new ArrayList<>();
    for (String line : plain.split("\n")) {
      boolean on = conditions.stream().allMatch(c -> c[0]);
      Matcher directive = DIRECTIVE.matcher(line);
      if (!directive.matches()) {
        active.append(on ? line : "").append('\n');
      } else if (!condition(directive.group(1), directive.group(2), conditions, on) && on) {
        define(directive.group(1), directive.group(2).strip());
      }
    }
    this.text = active.toString();
  }

  private boolean condition(String word, String rest, List<boolean[]> conditions, boolean on) {
    int last = conditions.size() - 1;
    switch (word) {
      case "if", "ifdef", "ifndef" -> {
        boolean holds = on && holds(word, rest.strip());
        conditions.add(new boolean[] {holds, holds || !on});
      }
      case "elif", "else" -> {
        boolean[] before = conditions.get(last);
        boolean holds = !before[1] && (word.equals("else") || holds("if", rest.strip()));
        conditions.set(last, new boolean[] {holds, before[1] || holds});
      }
      case "endif" -> conditions.remove(last);
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean holds(String word, String rest) {
    if (!word.equals("if")) {
      return macros.containsKey(rest) == word.equals("ifdef");
    }
    String known =
        Pattern.compile("defined\\s*\\(?\\s*(\\w+)\\s*\\)?")
            .matcher(rest)
            .replaceAll(m -> macros.containsKey(m.group(1)) ? "1" : "0");
    List<String> tokens = expand(IntegerExpression.tokens(known), Set.of());
    // As in C, what is no macro is 0 there.
    tokens.replaceAll(token -> Character.isJavaIdentifierStart(token.charAt(0)) ? "0" : token);
    return IntegerExpression.parse(tokens, List.of()).of() != 0;
  }

  private void define(String word, String rest) {
    if (word.equals("undef")) {
      macros.remove(rest);
    }
    Matcher define = DEFINE.matcher(word + " " + rest);
    if (define.matches()) {
      String parameters = define.group(2);
      List<String> names =
          parameters == null ? null : List.of(parameters.strip().split("\\s*,\\s*"));
      macros.put(define.group(1), new Macro(names, define.group(3).strip()));
    }
  }

  /** The text without comments, directives and what conditions leave out. */
  String text() {
    return text;
  }

  /** What stands for a name in the text, or nothing. */
  String body(String name) {
    Macro macro = macros.get(name);
    return macro == null ? null : macro.body;
  }

  /**
   * An integer that the source defines.
   *
   * @throws IllegalArgumentException if it does not
   */
  int constant(String name) {
    return number(name);
  }

  /**
   * The value of a macro with parameters, such as the bytes of local memory that a kernel lays out.
   *
   * @throws IllegalArgumentException if there is no such macro or it is not for so many arguments
   */
  long value(String name, long... arguments) {
    Macro macro = macro(name);
    int count = macro.parameters == null ? 0 : macro.parameters.size();
    if (count != arguments.length) {
      throw new IllegalArgumentException(
          name + " of " + stem + " takes " + count + " arguments, not " + arguments.length);
    }
    IntegerExpression.Value value = values.get(name);
    if (value == null) {
      value = parse(macro);
      values.put(name, value);
    }
    return value.of(arguments);
  }

  /**
   * {@link #value} where 32 bits hold it.
   *
   * @throws ArithmeticException if they do not
   */
  int number(String name, long... arguments) {
    return Math.toIntExact(value(name, arguments));
  }

  private Macro macro(String name) {
    Macro macro = macros.get(name);
    if (macro == null) {
      throw new IllegalArgumentException("kernels/" + stem + ".cl does not define " + name);
    }
    return macro;
  }

  private IntegerExpression.Value parse(Macro macro) {
    List<String> parameters = macro.parameters == null ? List.of() : macro.parameters;
    Set<String> own = new HashSet<>(parameters);
    return IntegerExpression.parse(expand(IntegerExpression.tokens(macro.body), own), parameters);
  }

  /** Puts bodies in place of macros, but for the names that are hidden. */
  private List<String> expand(List<String> tokens, Set<String> hidden) {
    List<String> expanded = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      Macro macro = hidden.contains(tokens.get(i)) ? null : macros.get(tokens.get(i));
      boolean called = i + 1 < tokens.size() && tokens.get(i + 1).equals("(");
      if (macro == null || macro.parameters != null && !called) {
        expanded.add(tokens.get(i));
        continue;
      }
      Set<String> inner = new HashSet<>(hidden);
      inner.add(tokens.get(i));
      List<String> body = IntegerExpression.tokens(macro.body);
      if (macro.parameters != null) {
        List<List<String>> arguments = new ArrayList<>();
        i = arguments(tokens, i + 2, arguments);
        body = substitute(body, macro.parameters, arguments, hidden);
      }
      expanded.addAll(expand(body, inner));
    }
    return expanded;
  }

  /** Collects the arguments of a call; gives the place of its last parenthesis. */
  private static int arguments(List<String> tokens, int start, List<List<String>> arguments) {
    arguments.add(new ArrayList<>());
    int depth = 1;
    int at = start;
    for (; at < tokens.size(); at++) {
      String token = tokens.get(at);
      depth += token.equals("(") ? 1 : token.equals(")") ? -1 : 0;
      if (depth == 0) {
        break;
      }
      if (depth == 1 && token.equals(",")) {
        arguments.add(new ArrayList<>());
      } else {
        arguments.get(arguments.size() - 1).add(token);
      }
    }
    return at;
  }

  private List<String> substitute(
      List<String> body,
      List<String> parameters,
      List<List<String>> arguments,
      Set<String> hidden) {
    if (parameters.size() != arguments.size()) {
      throw new IllegalArgumentException(
          "a macro of " + parameters + " is called with " + arguments + " in " + stem);
    }
    List<String> substituted = new ArrayList<>();
    for (String token : body) {
      int parameter = parameters.indexOf(token);
      if (parameter < 0) {
        substituted.add(token);
      } else {
        substituted.addAll(expand(arguments.get(parameter), hidden));
      }
    }
    return substituted;
  }
}
