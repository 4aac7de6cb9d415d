package dev.ablate.model.onnx;

import dev.ablate.backend.Backend;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.KernelBackend;
import java.util.function.Supplier;
import org.bytedeco.onnxruntime.SessionOptions;

/** What carries out the operators of graphs, and in whose memory they may find their tensors. */
public final class Provider {
  /** The processor. */
  public static final Provider CPU = new Provider(false, () -> new HostResidence(null));

  private final boolean sharing;
  private final Supplier<Residence> residences;

  /**
   * One that has sessions in places of a kind.
   *
   * @param sharing whether they share memory with a backend
   * @param residences where one session more runs
   */
  Provider(boolean sharing, Supplier<Residence> residences) {
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

  /**
   * An NVIDIA GPU, over the memory of a backend on it.
   *
   * @param backend whose device is one of CUDA
   * @param tensorRt whether TensorRT takes what it can
   * @throws dev.ablate.code.InputException if ONNX Runtime cannot use such devices here
   */
  public static Provider onDeviceOf(KernelBackend backend, boolean tensorRt) {
    Provider provider =
        new Provider(true, () -> new CudaResidence(backend, CudaOptions.of(tensorRt)));
    provider.tryOut();
    return provider;
  }

  /** Libraries that are missing are found here, before a model is read. */
  private void tryOut() {
    OnnxLibraries.loadProviders();
    Residence residence = residence();
    try (SessionOptions options = new SessionOptions()) {
      residence.enter();
      residence.addTo(options);
    } finally {
      residence.close();
    }
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
