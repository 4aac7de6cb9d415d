package dev.ablate.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.kernel.cuda.CudaDevices;
import dev.ablate.code.InputException;
import dev.ablate.model.Serving.Asked;
import dev.ablate.model.onnx.Provider;
import dev.ablate.model.onnx.ProviderLibraries;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where models run beside a CUDA backend. Runs over native/fakecuda, from FakeCudaTest. */
class ServingOnDeviceTest {
  private Backend backend;

  @BeforeEach
  void open() {
    assumeTrue(CudaDevices.listing().problem() == null, () -> CudaDevices.listing().problem());
    backend = Backends.open("cuda", 1).backend();
  }

  @AfterEach
  void close() {
    if (backend != null) {
      backend.close();
    }
  }

  private static String lacking(ProviderLibraries provider) {
    return provider.id() + " lacks something";
  }

  @Test
  void autoFallsBackAndSaysWhy() {
    Serving serving = Serving.of(Asked.AUTO, backend, ServingOnDeviceTest::lacking);
    assertSame(Provider.CPU, serving.provider());
    assertEquals(Asked.CPU, serving.id());
    assertEquals(
        "cpu: rejected cuda: cuda lacks something; --provider changes it", serving.reason());
  }

  @ParameterizedTest
  @CsvSource({
    "CUDA, provider cuda: cuda lacks something",
    "TENSORRT, provider tensorrt: tensorrt lacks something"
  })
  void whatWasAskedForIsRefused(Asked asked, String line) {
    InputException e =
        assertThrows(
            InputException.class, () -> Serving.of(asked, backend, ServingOnDeviceTest::lacking));
    assertEquals(line, e.getMessage());
  }

  /** All seems to be there, and does not load, as a build for the processor has none of it. */
  @Test
  void whatDoesNotLoadIsRefusedOrLeftAside() {
    assumeTrue(ProviderLibraries.CUDA.problem() != null, "models run on the GPU here");
    InputException e =
        assertThrows(InputException.class, () -> Serving.of(Asked.CUDA, backend, provider -> null));
    assertTrue(e.getMessage().startsWith("provider cuda: "), e.getMessage());
    assertTrue(e.getMessage().endsWith("; or take provider cpu"), e.getMessage());
    String reason = Serving.of(Asked.AUTO, backend, provider -> null).reason();
    assertTrue(reason.startsWith("cpu: rejected cuda: "), reason);
    assertFalse(reason.contains("take provider"), reason);
  }

  @Test
  void theProcessorMayBeAskedFor() {
    assertSame(
        Provider.CPU, Serving.of(Asked.CPU, backend, ServingOnDeviceTest::lacking).provider());
  }
}
