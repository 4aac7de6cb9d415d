package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelSource;
import java.util.Map;

/**
 * What commands cost before any work: launches of kernels with nothing to do, by what the call
 * takes and by what the device takes for one after another; small copies; a wait. The launch with
 * few parameters is the control of the one with many.
 *
 * <p>Argument: backend (default cuda).
 */
public final class DeviceLaunch {
  private static final int REPEATS = 21;
  private static final int LAUNCHES = 500;
  private static final int WORDS = 128;

  private DeviceLaunch() {}

  /** Prints a line. */
  public static void main(String[] args) {
    try (Backend backend = Backends.open(args.length > 0 ? args[0] : "cuda", 0).backend()) {
      Device device = DeviceClock.device(backend);
      Device.Kernel few = device.kernel(KernelSource.of("sort", Map.of()), "sort_gather");
      Device.Kernel many =
          device.kernel(KernelSource.of("paths_ridge", Map.of()), "paths_ridge_basis");
      HostBuffer words = HostBuffer.zeros(Element.U64, WORDS);
      try (Device.Memory m = device.allocate(words.bytes())) {
        Runnable five = () -> device.launch(few, 1, 1, 8, m, m, 0L, m, 0);
        Runnable sixteen =
            () -> device.launch(many, 1, 1, 8, m, m, m, m, m, m, m, m, m, m, m, m, m, m, 0, 0L);
        double[] fiveCalls = calls(device, five);
        double[] sixteenCalls = calls(device, sixteen);
        Measured.of("DeviceLaunch", backend)
            .with("kilobytes", words.bytes() / 1024.0)
            .with("unit", "microseconds a command")
            .milliseconds("launch_5_call", micro(fiveCalls))
            .milliseconds("launch_16_call", micro(sixteenCalls))
            .with("16_over_5", Measured.median(sixteenCalls) / Measured.median(fiveCalls))
            .milliseconds("launch_5", micro(DeviceClock.seconds(device, REPEATS, five)))
            .milliseconds("launch_16", micro(DeviceClock.seconds(device, REPEATS, sixteen)))
            .milliseconds(
                "write",
                micro(DeviceClock.seconds(device, REPEATS, () -> device.write(m, 0, words))))
            .milliseconds(
                "clear", micro(DeviceClock.seconds(device, REPEATS, () -> device.clear(m, 0, 8))))
            .milliseconds(
                "launch_and_read",
                micro(
                    DeviceClock.seconds(
                        device,
                        REPEATS,
                        () -> {
                          five.run();
                          device.read(m, 0, words);
                        })))
            .report();
      }
    }
  }

  /** Seconds that the call alone takes: waiting is not in it. */
  private static double[] calls(Device device, Runnable launch) {
    double[] seconds = new double[REPEATS];
    // As many again before, unmeasured, to warm up.
    for (int i = -REPEATS; i < REPEATS; i++) {
      device.finish();
      long start = System.nanoTime();
      for (int k = 0; k < LAUNCHES; k++) {
        launch.run();
      }
      if (i >= 0) {
        seconds[i] = (System.nanoTime() - start) * 1e-9 / LAUNCHES;
      }
    }
    return seconds;
  }

  /** So that {@link Measured#milliseconds} prints microseconds. */
  private static double[] micro(double[] seconds) {
    double[] scaled = seconds.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= 1000;
    }
    return scaled;
  }
}
