package dev.ablate.model.onnx;

import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.code.InputException;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The line about a batch on which a graph fails. */
final class ModelFailure {
  /** What is said where a device fails, or a library for it. */
  private static final Pattern OF_DEVICE = Pattern.compile("\\bCU(?:DA failure|[A-Z]+_STATUS_)");

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
    String reason = OnnxSession.reason(cause);
    String remedy =
        OF_DEVICE.matcher(reason).find()
            ? "run it on the processor by " + InputException.setting("provider") + " cpu"
            : "see whether tokenizer and graph belong together, or export it again with dynamic"
                + " axes";
    return new InputException(
        "the model "
            + origin
            + " failed on a batch of "
            + rows
            + " x "
            + width
            + " tokens: "
            + reason
            + "; "
            + remedy,
        cause);
  }
}
