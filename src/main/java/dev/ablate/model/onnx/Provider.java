package dev.ablate.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.ablate.backend.Backend;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.code.InputException;
import java.util.List;
import java.util.function.Supplier;

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
   * @throws InputException if ONNX Runtime cannot use such devices here
   */
  public static Provider onDeviceOf(KernelBackend backend, boolean tensorRt) {
    Provider provider =
        new Provider(true, () -> new CudaResidence(backend, CudaOptions.of(tensorRt)));
    OnnxLibraries.loadProviders();
    provider.tryOut();
    return provider;
  }

  /**
   * Runs a small graph: a driver that is too old, or libraries that do not fit together, are found
   * here, before a model is read.
   *
   * @throws InputException if that fails
   */
  void tryOut() {
    try (OnnxSession session = OnnxSession.of(sum(), "that tries the provider out", this)) {
      session.run(
          run -> {
            session.inputs().forEach(input -> run.input(input, 1));
            session.outputs().forEach(output -> run.output(output, 1));
            run.run();
          });
    } catch (RuntimeException e) {
      Throwable cause = e instanceof InputException && e.getCause() != null ? e.getCause() : e;
      throw new InputException(
          "ONNX Runtime's provider does not run a small graph: "
              + OnnxSession.reason(cause)
              + "; see whether the driver is new enough for the libraries, or run the model on the"
              + " processor by "
              + InputException.setting("provider")
              + " cpu",
          e);
    }
  }

  private static byte[] sum() {
    return ModelProto.newBuilder()
        .setIrVersion(7)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
        .setGraph(
            GraphProto.newBuilder()
                .setName("sum")
                .addInput(Nodes.tensor("term", ElementType.FLOAT, 1))
                .addNode(Nodes.node("Add", List.of("term", "term"), "sum"))
                .addOutput(Nodes.tensor("sum", ElementType.FLOAT, 1)))
        .build()
        .toByteArray();
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
