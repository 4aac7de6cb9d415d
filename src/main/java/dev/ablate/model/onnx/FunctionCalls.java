package dev.ablate.model.onnx;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which functions of a graph call which. ONNX Runtime puts the nodes of a function in the place of
 * each call and looks for no end: over a function that calls itself it ends the process.
 */
final class FunctionCalls {
  /** Several times what exporters nest. */
  private static final int DEEPEST = 100;

  /** Far more than any graph has. */
  private static final long MOST_NODES = 1 << 22;

  private final Map<String, Collection<String>> operators = new HashMap<>();
  private final Map<String, Unfolded> known = new HashMap<>();
  private final Set<String> open = new HashSet<>();

  /** What a call becomes. */
  private record Unfolded(long nodes, int depth) {}

  /** Calls that have no end that can be waited for. */
  private static final class Endless extends Exception {
    private static final long serialVersionUID = 1L;

    Endless(String message) {
      super(message, null, false, false);
    }
  }

  /** How nodes name a function, and a function itself. */
  static String name(String domain, String operator, String overload) {
    return domain + "\n" + operator + "\n" + overload;
  }

  /**
   * Adds a function.
   *
   * @param called what its nodes call, operators of ONNX itself among them
   */
  void add(String function, List<String> called) {
    operators.put(function, called);
  }

  /** What is wrong with the calls, as a part of a line; null if they have an end. */
  String trouble() {
    open.clear();
    try {
      for (String function : operators.keySet()) {
        unfold(function);
      }
      return null;
    } catch (Endless e) {
      return e.getMessage();
    }
  }

  private Unfolded unfold(String function) throws Endless {
    if (known.containsKey(function)) {
      return known.get(function);
    }
    if (!open.add(function)) {
      throw new Endless("the function " + shown(function) + " calls itself");
    }
    long nodes = 0;
    int depth = 1;
    for (String called : operators.get(function)) {
      Unfolded inner = new Unfolded(1, 0);
      if (operators.containsKey(called)) {
        inner = open.size() > DEEPEST ? new Unfolded(0, DEEPEST) : unfold(called);
      }
      nodes += inner.nodes();
      depth = Math.max(depth, 1 + inner.depth());
      if (depth > DEEPEST) {
        throw new Endless("its functions call each other more than " + DEEPEST + " deep");
      }
      if (nodes > MOST_NODES) {
        throw new Endless(
            "the calls of its function "
                + shown(function)
                + " unfold to more than "
                + MOST_NODES
                + " nodes");
      }
    }
    open.remove(function);
    Unfolded unfolded = new Unfolded(nodes, depth);
    known.put(function, unfolded);
    return unfolded;
  }

  private static String shown(String function) {
    return function.split("\n", -1)[1];
  }
}
