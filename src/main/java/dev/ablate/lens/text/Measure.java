package dev.ablate.lens.text;

import dev.ablate.model.ResidentNetwork;
import java.util.List;
import java.util.Map;

/**
 * What is asked of a model about a text under a mask: the outputs of a game. Several threads may
 * use it at once.
 */
interface Measure {
  /** What the values are, for people and journals, such as {@code log-odds}. */
  String value();

  /** What each output is, for people. */
  List<String> outputs();

  /** What decides the values beside the text and the model: texts, numbers and lists by name. */
  default Map<String, Object> settings() {
    return Map.of();
  }

  /** Lines for people about how the values come about. */
  default List<String> notes() {
    return List.of();
  }

  /** Tokens that the model reads of a row of so many, for the size of batches. */
  default int read(int tokens) {
    return tokens;
  }

  /** The network in the memory of a backend; null where the model runs on the host. */
  default ResidentNetwork network() {
    return null;
  }

  /**
   * The same by kernels, in the memory of that backend.
   *
   * @throws IllegalStateException if there is no such network
   */
  default ResidentMeasure resident() {
    throw new IllegalStateException("the model runs on the host");
  }

  /**
   * Asks the model.
   *
   * @param rows tokens of the text under each mask
   * @return {@code (rows, outputs)}, all finite
   * @throws NotFinite if the model gives a number that is none
   * @throws dev.ablate.code.InputException if the model fails
   */
  double[][] of(int[][] rows);
}
