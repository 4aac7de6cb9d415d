package dev.ablate.model.onnx;

import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.code.InputException;
import java.util.function.Supplier;

/** The line about a batch on which a graph fails. */
final class ModelFailure {
  private ModelFailure() {}

  /**
   * Runs a batch.
   *
   * @param origin where the graph came from
   * @throws InputException if ONNX Runtime fails on it
   */
  static void on(String origin, TokenBatch batch, Runnable run) {
    on(
        origin,
        batch,
        () -> {
          run.run();
          return null;
        });
  }

  /** The same for a run that gives something. */
  static <T> T on(String origin, TokenBatch batch, Supplier<T> run) {
    try {
      return run.get();
    } catch (IllegalStateException | InputException | OutOfDeviceMemoryException e) {
      throw e;
    } catch (RuntimeException e) {
      throw of(origin, batch.count(), batch.width(), e);
    }
  }

  /** The line about a batch of some rows, so many positions each. */
  static InputException of(String origin, int rows, int width, RuntimeException cause) {
    return new InputException(
        "the model "
            + origin
            + " failed on a batch of "
            + rows
            + " x "
            + width
            + " tokens: "
            + OnnxSession.reason(cause)
            + "; see whether tokenizer and graph belong together, or export it again with dynamic"
            + " axes",
        cause);
  }
}
