package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelBackend;

/** Times work on a device: several calls between two waits, so that starting a call is hidden. */
final class DeviceClock {
  private static final double LEAST_SECONDS = 0.02;

  private DeviceClock() {}

  /** The device of a backend; the host has none. */
  static Device device(Backend backend) {
    if (backend instanceof KernelBackend kernel) {
      return kernel.deviceHandle();
    }
    throw new IllegalArgumentException("give a device: --backend cuda or opencl");
  }

  /**
   * Seconds a call.
   *
   * @param repeats how many figures
   * @param work started and not waited for
   */
  static double[] seconds(Device device, int repeats, Runnable work) {
    work.run();
    device.finish();
    int calls = 1;
    while (once(device, calls, work) * calls < LEAST_SECONDS && calls < 1 << 12) {
      calls *= 2;
    }
    double[] seconds = new double[repeats];
    for (int i = 0; i < repeats; i++) {
      seconds[i] = once(device, calls, work);
    }
    return seconds;
  }

  private static double once(Device device, int calls, Runnable work) {
    device.finish();
    long start = System.nanoTime();
    for (int c = 0; c < calls; c++) {
      work.run();
    }
    device.finish();
    return (System.nanoTime() - start) * 1e-9 / calls;
  }

  /** Seconds of a copy within the device that reads and writes so many bytes each. */
  static double[] copy(Device device, int repeats, long bytes) {
    try (Device.Memory from = device.allocate(bytes);
        Device.Memory to = device.allocate(bytes)) {
      device.clear(from, 0, bytes);
      return seconds(device, repeats, () -> device.copy(from, 0, to, 0, bytes));
    }
  }
}
