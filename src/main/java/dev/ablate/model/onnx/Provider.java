package dev.ablate.model.onnx;

import dev.ablate.backend.Backend;
import dev.ablate.backend.host.HostBackend;
import java.util.function.Supplier;

/** What carries out the operators of graphs, and in whose memory they may find their tensors. */
public final class Provider {
  /** The processor. */
  public static final Provider CPU = new Provider(() -> new HostResidence(null));

  private final Supplier<Residence> residences;

  private Provider(Supplier<Residence> residences) {
    this.residences = residences;
  }

  /**
   * The processor, with tensors in the memory of a host backend: what devices do, with a copy
   * before and behind each run.
   */
  public static Provider inMemoryOf(HostBackend backend) {
    Backend memory = backend;
    return new Provider(() -> new HostResidence(memory));
  }

  /** Where one session more runs. */
  Residence residence() {
    return residences.get();
  }
}
