package dev.ablate.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.Ablate;
import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.opencl.OpenClPlatforms;
import dev.ablate.code.InputException;
import dev.ablate.lens.text.TextLensKind;
import dev.ablate.model.Serving.Asked;
import dev.ablate.model.onnx.Provider;
import dev.ablate.setting.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where models run; the choice on a device is in {@link ServingOnDeviceTest}. */
class ServingTest {
  @Test
  void onTheHostNothingIsToBeChosen() {
    try (HostBackend backend = new HostBackend(1)) {
      Serving serving = Serving.of(Settings.STANDARD, backend);
      assertSame(Provider.CPU, serving.provider());
      assertEquals(Asked.CPU, serving.id());
      assertNull(serving.reason());
    }
  }

  @Test
  void whatWasAskedForIsSaid() {
    try (HostBackend backend = new HostBackend(1)) {
      Serving serving = Serving.of(Asked.CPU, backend);
      assertSame(Provider.CPU, serving.provider());
      assertEquals("cpu: asked for; --provider changes it", serving.reason());
      try (TextModel model = ModelDirectory.open(TinyModels.directory()).load(1, serving)) {
        assertEquals(serving.reason(), model.providerChoice());
        assertEquals(Asked.CPU, model.provider());
      }
    }
  }

  /** No provider can be had there, so that another backend is what changes it. */
  @Test
  void elsewhereTheBackendIsTheReason() {
    assumeTrue(
        OpenClPlatforms.listing().problem() == null, () -> OpenClPlatforms.listing().problem());
    try (Backend backend = Backends.open("opencl", 1).backend()) {
      assertEquals(
          "cpu: the backend is opencl, whose memory no provider shares; --backend changes it",
          Serving.of(Asked.AUTO, backend).reason());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CUDA", "TENSORRT"})
  void aDeviceThatTheBackendIsNotIsRefused(Asked asked) {
    try (HostBackend backend = new HostBackend(1)) {
      InputException e = assertThrows(InputException.class, () -> Serving.of(asked, backend));
      assertEquals(
          "provider "
              + asked
              + ": the backend is host, and a model shares the memory of a CUDA device; take one by"
              + " backend cuda, or provider cpu",
          e.getMessage());
    }
  }

  @Test
  void anEngineHasItToo() {
    try (Ablate engine = Ablate.open("host", 1)) {
      assertEquals(Asked.CPU, engine.serving("auto").id());
      assertThrows(InputException.class, () -> engine.serving("cuda"));
      assertThrows(InputException.class, () -> engine.serving("gpu"));
      assertThrows(InputException.class, () -> engine.serving(null));
    }
  }

  @Test
  void aServerHasItsOwn() {
    Settings given = Settings.STANDARD.with(Serving.PROVIDER, Asked.CPU);
    try (HostBackend backend = new HostBackend(1)) {
      InputException e =
          assertThrows(
              InputException.class,
              () -> new TextLensKind().open("http://localhost:1/v1", given, 1, backend));
      assertEquals(
          "provider is about a model in a folder, and this one is behind a server; leave it away",
          e.getMessage());
    }
  }
}
