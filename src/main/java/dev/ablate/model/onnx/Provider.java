package dev.ablate.model.onnx;

import dev.ablate.backend.Backend;
import dev.ablate.backend.host.HostBackend;
import java.util.function.Supplier;

/** What carries out the operators of graphs, and in whose memory they may find their tensors. */
public final class Provider {
  /** The processor. */
  public static final Provider CPU = new Provider(false, () -> new HostResidence(null));

  private final boolean sharing;
  private final Supplier<Residence> residences;

  private Provider(boolean sharing, Supplier<Residence> residences) {
    this.sharing = sharing;
    this.residences = residences;
  }

  /**
   * The processor, with tensors in the memory of a host backend: what devices do, with a copy
   * before and behind each run.
   */
  public static Provider inMemoryOf(HostBackend backend) {
    Backend memory = backend;
    return new Provider(true, () -> new HostResidence(memory));
  }

  /** Whether sessions share memory with a backend. */
  boolean sharesMemory() {
    return sharing;
  }

  /** Where one session more runs. */
  Residence residence() {
    return residences.get();
  }
}
