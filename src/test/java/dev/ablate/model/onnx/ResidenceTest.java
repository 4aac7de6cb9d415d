package dev.ablate.model.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.code.InputException;
import dev.ablate.model.TinyModels;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.SessionOptions;
import org.junit.jupiter.api.Test;

/** What sessions and runs ask of the place where they run. */
class ResidenceTest {
  /** The processor, which notes what it is told. */
  private static final class Noting implements Residence {
    private final Residence host = new HostResidence(new HostBackend(1));
    private String failure;
    private boolean closed;
    private boolean lacksMemory;
    private Runnable givingBack = () -> {};
    private int gaveBack;
    private final List<Boolean> options = new ArrayList<>();

    @Override
    public void addTo(SessionOptions options) {
      if (failure != null) {
        throw new IllegalStateException(failure);
      }
      host.addTo(options);
    }

    @Override
    public void addTo(RunOptions options, boolean resident) {
      this.options.add(resident);
      options.AddConfigEntry("disable_synchronize_execution_providers", resident ? "1" : "0");
    }

    @Override
    public void enter() {
      host.enter();
    }

    @Override
    public boolean isOneStream() {
      return true;
    }

    @Override
    public Backend backend() {
      return host.backend();
    }

    @Override
    public MemoryInfo place() {
      return host.place();
    }

    @Override
    public String remedy() {
      return host.remedy();
    }

    @Override
    public Tensor tensor(Buffer.Element element, long length) {
      return host.tensor(element, length);
    }

    @Override
    public Tensor memory(long bytes) {
      return host.memory(bytes);
    }

    @Override
    public Fence fence() {
      return host.fence();
    }

    @Override
    public RuntimeException outOfMemory(String reason, RuntimeException cause) {
      return lacksMemory ? new OutOfDeviceMemoryException("place", 1, 1, 1) : null;
    }

    @Override
    public void giveBack(RunOptions options) {
      gaveBack++;
      givingBack.run();
    }

    @Override
    public void await() {
      host.await();
    }

    @Override
    public void close() {
      closed = true;
      host.close();
    }
  }

  @Test
  void providerThatRunsNothingIsRefusedBeforeAModelIsRead() {
    Noting place = new Noting();
    Provider provider = new Provider(true, () -> place);
    provider.tryOut();
    assertTrue(place.closed);
    place.closed = false;
    place.failure = "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version";
    InputException e = assertThrows(InputException.class, provider::tryOut);
    assertEquals(
        "ONNX Runtime's provider does not run a small graph: "
            + place.failure
            + "; see whether the driver is new enough for the libraries, or run the model on the"
            + " processor by provider cpu",
        e.getMessage());
    assertTrue(place.closed);
  }

  @Test
  void nowAndThenARunOverSharedMemoryIsWaitedFor() {
    Noting place = new Noting();
    try (OnnxSession session =
            OnnxSession.open(TinyModels.graph("token-types"), new Provider(true, () -> place));
        OnnxRun run = session.residentRun()) {
      assertEquals(List.of(true, false), place.options);
      int waited = 0;
      for (int i = 1; i <= 2 * OnnxRun.WAITED_FOR; i++) {
        waited += run.isWaitedFor(i) ? 1 : 0;
        assertTrue(waited <= i / OnnxRun.WAITED_FOR);
      }
      assertEquals(2, waited);
    }
  }

  /** A token that is in no vocabulary stands for a run that fails. */
  @Test
  void runThatLacksMemoryIsTriedInMemoryThatWasGivenBack() {
    Noting place = new Noting();
    place.lacksMemory = true;
    try (OnnxSession session =
            OnnxSession.open(TinyModels.graph("token-types"), new Provider(true, () -> place));
        OnnxRun run = session.residentRun()) {
      List<ByteBuffer> inputs =
          session.inputs().stream().map(input -> run.input(input, 1, 1)).toList();
      session.outputs().forEach(output -> run.output(output, 1, output.shape().get(1)));
      run.run();
      assertEquals(0, place.gaveBack);
      inputs.get(0).putLong(0, Integer.MAX_VALUE);
      assertThrows(OutOfDeviceMemoryException.class, run::run);
      assertEquals(1, place.gaveBack);
      place.givingBack = () -> inputs.get(0).putLong(0, 5);
      run.run();
      assertEquals(2, place.gaveBack);
      place.lacksMemory = false;
      inputs.get(0).putLong(0, Integer.MAX_VALUE);
      assertThrows(RuntimeException.class, run::run);
      assertEquals(2, place.gaveBack);
    }
  }

  @Test
  void whatADeviceDoesIsSaidWithoutThePlaceInALibrary() {
    String types = "[with ERRTYPE = cudaError; bool THRW = true] ";
    RuntimeException said =
        new RuntimeException(
            "/build/core/providers/cuda/cuda_call.cc:129 std::conditional_t<THRW, void,"
                + " Status> onnxruntime::CudaCall(ERRTYPE, const char*, int) "
                + types
                + "/build/core/providers/cuda/cuda_call.cc:121 Status"
                + " onnxruntime::CudaCall(ERRTYPE, const char*, int) "
                + types
                + "CUDA failure 700: an illegal memory access was encountered");
    assertEquals(
        "CUDA failure 700: an illegal memory access was encountered", OnnxSession.reason(said));
    assertEquals(
        "the model m.onnx failed on a batch of 2 x 3 tokens: CUDA failure 700: an illegal memory"
            + " access was encountered; run it on the processor by provider cpu",
        ModelFailure.of("m.onnx", 2, 3, said).getMessage());
  }

  /** What the provider does by itself would take long for each new shape, or change the numbers. */
  @Test
  void numbersDependOnNoTrialsOfTheProvider() {
    Map<String, String> told = new CudaOptions(false, false).forCuda(3, 1000);
    assertEquals("HEURISTIC", told.get("cudnn_conv_algo_search"));
    assertEquals("0", told.get("use_tf32"));
    assertEquals("3", told.get("device_id"));
    assertEquals("1000", told.get("gpu_mem_limit"));
  }
}
