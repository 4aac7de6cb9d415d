package dev.ablate.model.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.backend.kernel.cuda.CudaDevices;
import dev.ablate.model.HostRuns;
import dev.ablate.model.ResidentNetwork;
import dev.ablate.model.TinyModels;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.SessionOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sessions over the memory of a CUDA backend and beside its streams. Runs over native/fakecuda,
 * from FakeCudaTest: memory of that device is memory of the host, which ONNX Runtime's processor
 * can read once all is done that the model's stream waits for.
 */
@Timeout(120)
class SharedMemoryTest {
  private static final SampleRows SAMPLE =
      new SampleRows(new int[0], new int[] {5, 9, 14, 22, 11, 20, 17, 28, 3}, new int[0]);

  private KernelBackend backend;

  @BeforeEach
  void open() {
    assumeTrue(CudaDevices.listing().problem() == null, () -> CudaDevices.listing().problem());
    backend = (KernelBackend) Backends.open("cuda", 1).backend();
  }

  @AfterEach
  void close() {
    if (backend != null) {
      backend.close();
    }
  }

  /** What CUDA's provider gets, but for the provider: the processor runs the graph. */
  private record OnProcessor(CudaResidence device) implements Residence {
    private static final Residence HOST = new HostResidence(null);

    @Override
    public void addTo(SessionOptions options) {
      HOST.addTo(options);
    }

    @Override
    public void addTo(RunOptions options, boolean resident) {
      HOST.addTo(options, resident);
    }

    @Override
    public MemoryInfo place() {
      return HOST.place();
    }

    @Override
    public void enter() {
      device.enter();
    }

    @Override
    public boolean isOneStream() {
      return device.isOneStream();
    }

    @Override
    public Backend backend() {
      return device.backend();
    }

    @Override
    public String remedy() {
      return device.remedy();
    }

    @Override
    public Tensor tensor(Buffer.Element element, long length) {
      Tensor tensor = device.tensor(element, length);
      device.await();
      return tensor;
    }

    @Override
    public Tensor memory(long bytes) {
      Tensor tensor = device.memory(bytes);
      device.await();
      return tensor;
    }

    /** The processor runs at once what a device would run behind what its stream waits for. */
    @Override
    public Fence fence() {
      Fence own = device.fence();
      return new Fence() {
        @Override
        public void filled() {
          own.filled();
        }

        @Override
        public void beforeRun() {
          own.beforeRun();
          device.await();
        }

        @Override
        public void afterRun() {
          own.afterRun();
        }

        @Override
        public void join() {
          own.join();
        }

        @Override
        public void close() {
          own.close();
        }
      };
    }

    @Override
    public RuntimeException outOfMemory(String reason, RuntimeException cause) {
      return device.outOfMemory(reason, cause);
    }

    @Override
    public void await() {
      device.await();
    }

    @Override
    public void close() {
      device.close();
    }
  }

  private Provider provider() {
    return new Provider(
        true, () -> new OnProcessor(new CudaResidence(backend, new CudaOptions(false, false))));
  }

  /** Writes to the device's memory, which is memory of the host there. */
  private void copy(HostBuffer from, Buffer to) {
    backend.deviceHandle().finish();
    BytePointer memory =
        new BytePointer(new CudaResidence.Address(backend.address(to), to.bytes()));
    ByteBuffer bytes = memory.asByteBuffer().order(ByteOrder.nativeOrder());
    if (from.element() == Buffer.Element.I32) {
      bytes.asIntBuffer().put(from.ints());
    } else {
      bytes.asLongBuffer().put(from.words());
    }
  }

  private static GraphScan scan(Path graph) {
    try (InputStream in = Files.newInputStream(graph)) {
      return GraphScan.of(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aClassifierReadsAndWritesIt() {
    Path graph = TinyModels.graph("token-types");
    long before = backend.deviceHandle().allocated();
    try (OnnxScorer plain = classifier(graph, Provider.CPU);
        OnnxScorer shared = classifier(graph, provider())) {
      ResidentNetwork network = shared.resident();
      assertEquals(backend, network.backend());
      List<int[]> rows = List.of(new int[] {5, 9, 14}, new int[] {22}, new int[] {11, 3});
      try (ResidentNetwork.Slot first = network.slot(3, 9, 0);
          ResidentNetwork.Slot second = network.slot(3, 9, 0)) {
        for (ResidentNetwork.Slot slot : List.of(first, second, first)) {
          double[] found = new HostRuns(network, slot, this::copy).of(null, rows, 3);
          for (int r = 0; r < rows.size(); r++) {
            float[] alone = new float[plain.scores()];
            plain.score(rows.get(r), new int[] {rows.get(r).length}, 1, rows.get(r).length, alone);
            // What the host asks of the same session meanwhile.
            float[] asked = new float[alone.length];
            shared.score(rows.get(r), new int[] {rows.get(r).length}, 1, rows.get(r).length, asked);
            assertArrayEquals(alone, asked, 1e-6f);
            for (int c = 0; c < alone.length; c++) {
              assertEquals(alone[c], found[r * alone.length + c], 1e-5);
            }
          }
        }
      }
    }
    assertEquals(before, backend.deviceHandle().allocated());
  }

  private static OnnxScorer classifier(Path graph, Provider provider) {
    return OnnxScorer.classifier(
        OnnxSession.open(graph, provider), scan(graph), List.of(0), SAMPLE, 32);
  }

  @Test
  void frontsLieInIt() {
    Path graph = CausalFolders.folder("llama-lm-past-dynamo").resolve("model.onnx");
    int[] front = {7, 12, 9, 30, 4};
    int[] row = {18, 25, 6};
    long before = backend.deviceHandle().allocated();
    try (PlainCausal plain = new PlainCausal(graph);
        OnnxCausal causal =
            new OnnxCausal(
                GraphSource.in(graph).on(provider()), scan(graph), List.of(), SAMPLE, 64)) {
      ResidentNetwork network = causal.resident();
      int vocabulary = network.layout().count();
      int[] whole = {7, 12, 9, 30, 4, 18, 25, 6};
      double[] expected = plain.logProbabilities(whole, 2);
      try (ResidentNetwork.Prefix prefix = network.prefix(front);
          ResidentNetwork.Slot slot = network.slot(1, 8, 2)) {
        double[] logits = new HostRuns(network, slot, this::copy).of(prefix, List.of(row), 3, 0, 1);
        for (int t = 0; t < 2; t++) {
          double[] own = Arrays.copyOfRange(logits, t * vocabulary, (t + 1) * vocabulary);
          double sum = Arrays.stream(own).map(Math::exp).sum();
          assertEquals(expected[t], own[row[t + 1]] - Math.log(sum), 1e-4);
        }
      }
      float[][] asked = causal.logProbabilities(front, new int[][] {row}, new int[] {2});
      assertArrayEquals(new float[] {(float) expected[0], (float) expected[1]}, asked[0], 1e-4f);
    }
    assertEquals(before, backend.deviceHandle().allocated());
  }

  @Test
  void whatIsSaidOfMemoryIsUnderstood() {
    try (CudaResidence residence = new CudaResidence(backend, new CudaOptions(false, false))) {
      RuntimeException cause = new RuntimeException("said");
      for (String said :
          List.of(
              "Failed to allocate memory for requested buffer of size 1234",
              "bfc_arena.cc:376 Available memory of 7 is smaller than requested bytes of 1234")) {
        OutOfDeviceMemoryException found =
            (OutOfDeviceMemoryException) residence.outOfMemory(said, cause);
        assertEquals(1234, found.bytes());
        assertEquals(cause, found.getCause());
      }
      for (String said : List.of("CUDA failure 2: out of memory", "CUBLAS_STATUS_ALLOC_FAILED")) {
        assertEquals(
            OutOfDeviceMemoryException.class, residence.outOfMemory(said, cause).getClass());
      }
      assertEquals(null, residence.outOfMemory("Non-zero status code returned", cause));
    }
  }
}
