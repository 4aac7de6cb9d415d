package dev.ablate.model;

import dev.ablate.backend.Backend;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.backend.kernel.cuda.CudaDevice;
import dev.ablate.code.InputException;
import dev.ablate.model.onnx.Provider;
import dev.ablate.model.onnx.ProviderLibraries;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Where the networks of models run: on the processor, or on the device of a backend, in whose
 * memory they then find their inputs and leave their outputs.
 *
 * @param provider what carries out the operators of graphs
 * @param id how {@link #PROVIDER} names it
 * @param reason what was chosen, what was rejected and why, and the flag that changes it; null
 *     where nobody chose
 */
public record Serving(Provider provider, Asked id, String reason) {
  /** Where networks are to run. */
  public enum Asked {
    /** On the backend's device where it is one of CUDA and all that this needs is there. */
    AUTO,
    /** On the processor. */
    CPU,
    /** On the backend's device. */
    CUDA,
    /** The same, by TensorRT as far as it can. */
    TENSORRT;

    /** As on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Where the network of a model runs. */
  public static final Setting<Asked> PROVIDER =
      Setting.of(
              "provider",
              "auto|cpu|cuda|tensorrt",
              Kind.Choice.of(Asked.class),
              "where the model runs; cuda and tensorrt: on the device of a CUDA backend, in its"
                  + " memory")
          .standard(Asked.AUTO);

  /** What may be set about it. */
  public static final List<Setting<?>> SETTINGS = List.of(PROVIDER);

  /** On the processor. */
  public static final Serving HOST = new Serving(Provider.CPU, Asked.CPU, null);

  private static final String CHANGES = "; --provider changes it";

  /**
   * On the processor, with inputs and outputs in the memory of a backend there: what devices do,
   * with a copy before and behind each run.
   */
  public static Serving inMemoryOf(HostBackend backend) {
    return new Serving(Provider.inMemoryOf(backend), Asked.CPU, null);
  }

  /**
   * What somebody asked for.
   *
   * @param backend where everything else runs; must stay open
   * @throws InputException if it cannot be had; the message says why
   */
  public static Serving of(Settings given, Backend backend) {
    return of(given.get(PROVIDER), backend);
  }

  /** The same. */
  public static Serving of(Asked asked, Backend backend) {
    return of(asked, backend, ProviderLibraries::problem);
  }

  /**
   * The same.
   *
   * @param problem what a provider lacks, in a line; null if it lacks nothing
   */
  static Serving of(Asked asked, Backend backend, Function<ProviderLibraries, String> problem) {
    if (asked == Asked.CPU) {
      return new Serving(Provider.CPU, asked, "cpu: asked for" + CHANGES);
    }
    // By its name first, so that a start on the host loads nothing of devices.
    boolean onDevice = backend.name().equals("cuda") && isOnCuda(backend);
    if (asked == Asked.AUTO) {
      return onDevice
          ? automatic((KernelBackend) backend, problem)
          : new Serving(Provider.CPU, Asked.CPU, elsewhere(backend));
    }
    if (!onDevice) {
      throw new InputException(
          PROVIDER
              + " "
              + asked
              + ": the backend is "
              + backend.name()
              + ", and a model shares the memory of a CUDA device; take one by "
              + InputException.setting("backend")
              + " cuda, or "
              + PROVIDER
              + " cpu");
    }
    String lacks =
        problem.apply(
            asked == Asked.TENSORRT ? ProviderLibraries.TENSORRT : ProviderLibraries.CUDA);
    if (lacks != null) {
      throw new InputException(PROVIDER + " " + asked + ": " + lacks);
    }
    try {
      return onDevice(asked, (KernelBackend) backend, "asked for");
    } catch (InputException e) {
      throw new InputException(
          PROVIDER + " " + asked + ": " + e.getMessage() + "; or take " + PROVIDER + " cpu", e);
    }
  }

  private static boolean isOnCuda(Backend backend) {
    return backend instanceof KernelBackend kernels && kernels.deviceHandle() instanceof CudaDevice;
  }

  /** On the host there is nothing to choose. */
  private static String elsewhere(Backend backend) {
    String name = backend.name();
    return name.equals("host")
        ? null
        : "cpu: the backend is " + name + ", whose memory no provider shares; --backend changes it";
  }

  private static Serving automatic(
      KernelBackend backend, Function<ProviderLibraries, String> problem) {
    String lacks = problem.apply(ProviderLibraries.CUDA);
    if (lacks == null) {
      try {
        return onDevice(Asked.CUDA, backend, "the device of the backend");
      } catch (InputException e) {
        lacks = e.getMessage();
      }
    }
    return new Serving(Provider.CPU, Asked.CPU, "cpu: rejected cuda: " + lacks + CHANGES);
  }

  private static Serving onDevice(Asked asked, KernelBackend backend, String why) {
    Provider provider = Provider.onDeviceOf(backend, asked == Asked.TENSORRT);
    return new Serving(provider, asked, asked + ": " + why + CHANGES);
  }
}
