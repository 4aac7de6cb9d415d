package dev.ablate.model.chat;

import java.util.List;

/** What {@code loop} knows. */
final class LoopState {
  private final List<Object> items;
  private final int depth;
  private int index;
  private List<Object> last;

  LoopState(List<Object> items, int depth) {
    this.items = items;
    this.depth = depth;
  }

  void at(int item) {
    index = item;
  }

  int depth() {
    return depth;
  }

  Object get(String name) {
    return switch (name) {
      case "index" -> index + 1L;
      case "index0" -> (long) index;
      case "revindex" -> (long) items.size() - index;
      case "revindex0" -> items.size() - index - 1L;
      case "first" -> index == 0;
      case "last" -> index == items.size() - 1;
      case "length" -> (long) items.size();
      case "depth" -> depth + 1L;
      case "depth0" -> (long) depth;
      case "previtem" ->
          index == 0 ? new Undefined("there is no previous item") : items.get(index - 1);
      case "nextitem" ->
          index == items.size() - 1 ? new Undefined("there is no next item") : items.get(index + 1);
      case "cycle" -> (Callable) (run, args, named) -> cycle(args);
      case "changed" -> (Callable) (run, args, named) -> changed(run, args);
      default -> Undefined.attribute("loop", name);
    };
  }

  private Object cycle(List<Object> args) {
    if (args.isEmpty()) {
      throw new TemplateTrouble("loop.cycle() is given nothing");
    }
    return args.get(index % args.size());
  }

  private boolean changed(Run run, List<Object> args) {
    boolean changed = last == null || !Python.equal(run, new Tuple(last), new Tuple(args));
    last = args;
    return changed;
  }
}
