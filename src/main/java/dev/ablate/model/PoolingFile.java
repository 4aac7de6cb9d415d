package dev.ablate.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the folder of a sentence embedder says about pooling. */
final class PoolingFile {
  /** Where sentence-transformers writes it. */
  private static final String FILE = "1_Pooling/config.json";

  /** The files that are read, where they are. */
  static final List<String> FILES = List.of(FILE);

  private static final String MODE = "pooling_mode";

  private static final Map<String, Pooling> MODES =
      Map.of(
          "mean_tokens", Pooling.MEAN,
          "mean", Pooling.MEAN,
          "cls_token", Pooling.FIRST,
          "cls", Pooling.FIRST,
          "max_tokens", Pooling.MAX,
          "max", Pooling.MAX,
          "lasttoken", Pooling.LAST);

  private PoolingFile() {}

  /**
   * The pooling that the file asks for; null where there is no file.
   *
   * @throws dev.ablate.code.InputException if it asks for one that is not known, or for several
   */
  static Pooling read(ModelFiles files) {
    if (!files.has(FILE)) {
      return null;
    }
    ConfigFile config = ConfigFile.read(files, FILE);
    if (config.has(MODE)) {
      Pooling pooling = MODES.get(config.get(MODE).asText());
      if (pooling == null) {
        throw config.wrong(MODE, "mean, cls, max or lasttoken");
      }
      return pooling;
    }
    Map<String, Pooling> asked = new LinkedHashMap<>();
    config
        .root()
        .properties()
        .forEach(
            entry -> {
              if (entry.getKey().startsWith(MODE + "_") && isTrue(config, entry.getKey())) {
                String mode = entry.getKey().substring(MODE.length() + 1);
                asked.put(entry.getKey(), MODES.get(mode));
              }
            });
    if (asked.size() > 1 || asked.containsValue(null)) {
      throw config.wrong(
          asked.keySet().iterator().next(),
          "false, and one of pooling_mode_mean_tokens, pooling_mode_cls_token,"
              + " pooling_mode_max_tokens and pooling_mode_lasttoken as true");
    }
    return asked.isEmpty() ? null : asked.values().iterator().next();
  }

  private static boolean isTrue(ConfigFile config, String key) {
    if (config.has(key) && !config.get(key).isBoolean()) {
      throw config.wrong(key, "true or false");
    }
    return config.get(key).booleanValue();
  }
}
