package dev.ablate.model;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.model.onnx.Provider;

/**
 * Where the networks of models run.
 *
 * @param provider what carries out the operators of graphs
 * @param reason what was chosen, what was rejected and why; null where nothing else was asked about
 */
public record Serving(Provider provider, String reason) {
  /** On the processor. */
  public static final Serving HOST = new Serving(Provider.CPU, null);

  /**
   * On the processor, with inputs and outputs in the memory of a backend there: what devices do,
   * with a copy before and behind each run.
   */
  public static Serving inMemoryOf(HostBackend backend) {
    return new Serving(Provider.inMemoryOf(backend), null);
  }
}
