package dev.ablate.model;

import dev.ablate.model.onnx.NetworkSizes;
import java.util.List;
import java.util.OptionalInt;

/** Reads the sizes of a network's layers in {@code config.json}, by the names of its family. */
final class SizesFile {
  private static final List<String> LAYERS =
      List.of("num_hidden_layers", "n_layers", "n_layer", "num_layers");
  private static final List<String> HEADS =
      List.of("num_attention_heads", "n_heads", "n_head", "num_heads");
  private static final List<String> HIDDEN = List.of("hidden_size", "dim", "n_embd", "d_model");
  private static final List<String> INNER =
      List.of("intermediate_size", "hidden_dim", "n_inner", "ffn_dim", "ffn_hidden_size", "d_ff");

  /** What GPT-2 and its kin take where {@code n_inner} is null. */
  private static final int USUAL_FACTOR = 4;

  private static final String GPT_WIDTH = "n_embd";

  private SizesFile() {}

  /**
   * Reads them.
   *
   * @throws dev.ablate.code.InputException if one is no whole number of at least 1
   */
  static NetworkSizes read(ModelFiles files) {
    ConfigFile config = ConfigFile.read(files, "config.json");
    OptionalInt inner = first(config, INNER);
    if (inner.isEmpty() && config.has(GPT_WIDTH)) {
      inner = OptionalInt.of(USUAL_FACTOR * config.limit(GPT_WIDTH));
    }
    return new NetworkSizes(
        first(config, LAYERS), first(config, HEADS), first(config, HIDDEN), inner);
  }

  /** Some families have a list, a number for each layer; that says nothing about all. */
  private static OptionalInt first(ConfigFile config, List<String> names) {
    return names.stream()
        .filter(name -> config.has(name) && !config.get(name).isArray())
        .mapToInt(config::limit)
        .findFirst();
  }
}
