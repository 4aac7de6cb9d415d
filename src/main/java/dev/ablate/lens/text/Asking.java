package dev.ablate.lens.text;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.lens.FeatureSelection;
import dev.ablate.mask.Masks;
import java.util.List;
import java.util.Map;

/** How a model is asked about masks: rows in batches, or one by one. */
interface Asking {
  /** As {@link dev.ablate.game.Game#begin} has it. */
  default void begin(boolean resumed, Progress progress) {}

  /** As {@link dev.ablate.game.Game#evaluate(Masks, Values, Progress)} has it. */
  void evaluate(Masks masks, Values out, Progress progress);

  /** As {@link dev.ablate.game.Game#accepts} has it. */
  default boolean accepts(Backend backend) {
    return backend.name().equals("host");
  }

  /** As {@link dev.ablate.game.Game#evaluate(Masks, Backend, Progress)} has it. */
  default Values evaluate(Masks masks, int outputs, Backend backend, Progress progress) {
    Values out = Values.zeros(masks.count(), outputs);
    evaluate(masks, out, progress);
    return out.on(backend);
  }

  /** As {@link dev.ablate.game.Game#evaluate(Masks, Values, Backend, Progress)} has it. */
  default void evaluate(Masks masks, Values out, Backend backend, Progress progress) {
    evaluate(masks, out, progress);
  }

  /** As {@link dev.ablate.game.Game#tellsRows} has it. */
  boolean tellsRows();

  /** As {@link dev.ablate.game.Game#noise} has it. */
  default double noise() {
    return 0;
  }

  /** Lines for people about how it went. */
  default List<String> notes() {
    return List.of();
  }

  /** As {@link dev.ablate.game.Game#counts} has it. */
  default Map<String, Long> counts() {
    return Map.of();
  }

  /**
   * That a model gives no number for the text under a mask.
   *
   * @param model its name
   * @param what what it gives
   * @param mask which of the masks
   */
  static InputException notFinite(String model, String what, Masks masks, int mask) {
    return new InputException(
        "the model "
            + model
            + " "
            + what
            + " on the mask that keeps the features "
            + FeatureSelection.describe(masks.hostWords(), mask * masks.words(), masks.features())
            + " of 0-"
            + (masks.features() - 1)
            + "; see the text there, or export the model in float32");
  }
}
