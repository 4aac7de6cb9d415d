package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Scores;
import java.util.Map;

/** Values of what a network gave, on a device: {@code kernels/scores.cl}. */
final class KernelScores implements Scores {
  private static final String STEM = "scores";

  private final Runtime runtime;

  KernelScores(Runtime runtime) {
    this.runtime = runtime;
  }

  /** What the source calls a kind of something. */
  private static int constant(String kinds, Enum<?> kind) {
    return KernelMacros.of(STEM).constant(kinds + "_" + kind.name());
  }

  private static int number(Given given) {
    return constant("NUMBER", given.number());
  }

  @Override
  public void labels(Given given, LabelValue value, boolean exclusive, Buffer targets, Into into) {
    long items = (long) given.rows() * into.outputs();
    if (items == 0) {
      return;
    }
    try (Runtime.Scope scope = runtime.scope()) {
      runtime.forItems(
          STEM,
          "scores_labels",
          items,
          Arguments.of()
              .put("values", runtime.here(into.values()))
              .put("bad", runtime.here(into.bad()))
              .put("memory", scope.in(given.memory()))
              .put("targets", scope.in(targets))
              .put("number", number(given))
              .put("row", given.row())
              .put("rows", given.rows())
              .put("count", given.count())
              .put("outputs", into.outputs())
              .put("first", into.first())
              .put("value", constant("LABEL", value))
              .put("exclusive", exclusive ? 1 : 0));
    }
  }

  @Override
  public void logProbabilities(
      Given given, Buffer targets, long target, Buffer logs, long at, int each, int stride) {
    try (Runtime.Scope scope = runtime.scope()) {
      forRows(
          "scores_logs",
          "SCORES_LOGS_LOCAL",
          given.rows(),
          Arguments.of()
              .put("logs", runtime.here(logs))
              .put("memory", scope.in(given.memory()))
              .put("targets", scope.in(targets))
              .put("target", target)
              .put("at", at)
              .put("each", each)
              .put("stride", stride)
              .put("number", number(given))
              .put("row", given.row())
              .put("rows", given.rows())
              .put("count", given.count()));
    }
  }

  /** Starts a kernel that has a group for each row, unless there is none. */
  private void forRows(String function, String local, int rows, Arguments arguments) {
    if (rows > 0) {
      Runtime.Kernel kernel = runtime.kernel(STEM, function, Map.of());
      int size = runtime.groupSize(kernel);
      int groups = runtime.groups((long) rows * size, size);
      runtime.launch(kernel, groups, size, kernel.number(local), arguments);
    }
  }

  @Override
  public void answers(Buffer logs, int row, int rows, int[] starts, AnswerValue value, Into into) {
    long items = (long) rows * into.outputs();
    if (items == 0) {
      return;
    }
    try (Runtime.Scope scope = runtime.scope()) {
      runtime.forItems(
          STEM,
          "scores_answers",
          items,
          Arguments.of()
              .put("values", runtime.here(into.values()))
              .put("bad", runtime.here(into.bad()))
              .put("logs", scope.in(logs))
              .put("starts", scope.in(starts))
              .put("row", row)
              .put("rows", rows)
              .put("answers", starts.length - 1)
              .put("outputs", into.outputs())
              .put("first", into.first())
              .put("value", constant("ANSWER", value)));
    }
  }

  @Override
  public void perplexities(
      Buffer logs, int rows, int width, Buffer lengths, int length, Into into) {
    try (Runtime.Scope scope = runtime.scope()) {
      forRows(
          "scores_perplexities",
          "LANES_LOCAL",
          rows,
          Arguments.of()
              .put("values", runtime.here(into.values()))
              .put("bad", runtime.here(into.bad()))
              .put("logs", scope.in(logs))
              .put("lengths", scope.in(lengths))
              .put("length", length)
              .put("rows", rows)
              .put("each", width - 1)
              .put("first", into.first()));
    }
  }

  @Override
  public void similarities(
      Given given, Pool pool, Buffer lengths, int length, Buffer references, Into into) {
    int count = given.count();
    long items = (long) given.rows() * count;
    if (items == 0) {
      return;
    }
    try (Runtime.Scope scope = runtime.scope()) {
      KernelBuffer vectors = scope.temporary(Element.F64, items);
      runtime.forItems(
          STEM,
          "scores_pool",
          items,
          Arguments.of()
              .put("vectors", vectors)
              .put("memory", scope.in(given.memory()))
              .put("lengths", scope.in(lengths))
              .put("length", length)
              .put("number", number(given))
              .put("row", given.row())
              .put("rows", given.rows())
              .put("positions", given.positions())
              .put("count", count)
              .put("pool", constant("POOL", pool)));
      forRows(
          "scores_cosines",
          "LANES_LOCAL",
          given.rows(),
          Arguments.of()
              .put("values", runtime.here(into.values()))
              .put("bad", runtime.here(into.bad()))
              .put("vectors", vectors)
              .put("references", scope.in(references))
              .put("rows", given.rows())
              .put("count", count)
              .put("outputs", into.outputs())
              .put("first", into.first()));
    }
  }
}
