package dev.ablate.explanation;

/**
 * Where an explanation comes from. Anything but the seed and the report may be null when unknown.
 *
 * @param version version of Ablate
 * @param commit commit it was built from
 * @param seed the run's seed
 * @param backend name of the backend, such as {@code host}
 * @param device the device in words
 * @param driver version of the device's driver
 * @param java version of Java
 * @param modelSha256 hash of the model's file
 * @param report what was chosen
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
    RunReport report) {
  /** The same with another report. */
  public Provenance withReport(RunReport other) {
    return new Provenance(version, commit, seed, backend, device, driver, java, modelSha256, other);
  }
}
