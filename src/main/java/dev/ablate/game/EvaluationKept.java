package dev.ablate.game;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Carries the masks that were evaluated before a run failed. It is suppressed by what the run
 * failed with, so that whoever catches that catches the same as ever; {@link #in} finds it. It
 * holds values and names no file: a library writes none that nobody named.
 */
public final class EvaluationKept extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Evaluation evaluation;

  private EvaluationKept(Evaluation evaluation) {
    super(evaluation.masks() + " evaluated masks are kept: EvaluationKept.in(failure)");
    this.evaluation = evaluation;
  }

  /** What was evaluated. */
  public Evaluation evaluation() {
    return evaluation;
  }

  /** What was evaluated before a failure; empty where nothing was, or a journal has it. */
  public static Optional<Evaluation> in(Throwable failure) {
    Deque<Throwable> open = new ArrayDeque<>(List.of(failure));
    while (!open.isEmpty()) {
      Throwable one = open.remove();
      for (Throwable suppressed : one.getSuppressed()) {
        if (suppressed instanceof EvaluationKept kept) {
          return Optional.of(kept.evaluation);
        }
      }
      if (one.getCause() != null) {
        open.add(one.getCause());
      }
    }
    return Optional.empty();
  }

  /** The same failure with an evaluation, or another one caused by it where it can carry none. */
  public static RuntimeException with(RuntimeException failure, Evaluation evaluation) {
    if (attach(failure, evaluation)) {
      return failure;
    }
    RuntimeException carrier = new IllegalStateException(failure);
    attach(carrier, evaluation);
    return carrier;
  }

  /** The same failure with an evaluation, or one like it where it can carry none. */
  public static Error with(Error failure, Evaluation evaluation) {
    if (attach(failure, evaluation)) {
      return failure;
    }
    // What the virtual machine throws by itself was never constructed and suppresses nothing.
    Error carrier =
        failure instanceof OutOfMemoryError
            ? new OutOfMemoryError(failure.getMessage())
            : new Error(failure.toString());
    carrier.initCause(failure);
    attach(carrier, evaluation);
    return carrier;
  }

  /** Whether the failure has it now. */
  private static boolean attach(Throwable failure, Evaluation evaluation) {
    failure.addSuppressed(new EvaluationKept(evaluation));
    return in(failure).isPresent();
  }
}
