package dev.ablate.explanation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where an explanation comes from. Anything but the seed and the settings may be null when unknown.
 *
 * @param version version of Ablate
 * @param commit commit it was built from
 * @param seed the run's seed
 * @param backend name of the backend, such as {@code host}
 * @param device the device in words
 * @param driver version of the device's driver
 * @param java version of Java
 * @param modelSha256 hash of the model's file
 * @param settings what was chosen: plain numbers, strings, booleans, lists and maps
 */
public record Provenance(
    String version,
    String commit,
    long seed,
    String backend,
    String device,
    String driver,
    String java,
    String modelSha256,
    Map<String, Object> settings) {
  /** Copies the settings and keeps their order. */
  public Provenance {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** The same with other settings. */
  public Provenance withSettings(Map<String, Object> other) {
    return new Provenance(version, commit, seed, backend, device, driver, java, modelSha256, other);
  }
}
