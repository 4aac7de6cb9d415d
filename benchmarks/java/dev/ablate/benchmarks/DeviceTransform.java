package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.kernel.Device;
import dev.ablate.code.Philox;

/**
 * The fp32 transform of a device beside a copy of the same bytes within the device, for each length
 * of a row. The data are small integers, so that every sum is exact, and some results of the first
 * and the last row are compared with their definition.
 *
 * <p>Arguments: backend (default cuda), megabytes (default 1024), longest row as a power of two
 * (default 26).
 */
public final class DeviceTransform {
  private static final int REPEATS = 7;
  private static final int WARM_UPS = 40;
  private static final int SHORTEST = 4;

  private DeviceTransform() {}

  /** Prints a line a length. */
  public static void main(String[] args) {
    String name = args.length > 0 ? args[0] : "cuda";
    int megabytes = args.length > 1 ? Integer.parseInt(args[1]) : 1024;
    int longest = args.length > 2 ? Integer.parseInt(args[2]) : 26;
    int count = (int) ((long) megabytes << 18);
    float[] x = new float[count];
    Philox.Stream random = Philox.stream(0, 0);
    for (int i = 0; i < count; i += 8) {
      int bits = random.nextInt();
      for (int k = 0; k < 8 && i + k < count; k++) {
        x[i + k] = (bits >>> 4 * k & 15) - 8;
      }
    }
    try (Backend backend = Backends.open(name, 0).backend()) {
      Device device = DeviceClock.device(backend);
      // An idle device runs at a low clock; its first copies would flatter all that follows.
      DeviceClock.copy(device, WARM_UPS, 4L * count);
      double[] copy = DeviceClock.copy(device, REPEATS, 4L * count);
      double floor = Measured.median(copy);
      Measured.of("DeviceTransform copy", backend)
          .with("megabytes", megabytes)
          .milliseconds("ms", copy)
          .with("terabytes_per_second", 8e-12 * count / floor)
          .report();
      for (int k = SHORTEST; k <= longest; k++) {
        length(backend, device, x, k, floor);
      }
    }
  }

  private static void length(Backend backend, Device device, float[] x, int power, double floor) {
    int length = 1 << power;
    int rows = x.length / length;
    try (Buffer data = backend.upload(HostBuffer.of(x))) {
      backend.walsh().transform(data, rows, length, 1);
      check(x, data.toHost().floats(), rows, length);
      // With this scale a second transform undoes the first, and numbers do not grow.
      double scale = 1 / Math.sqrt(length);
      double[] seconds =
          DeviceClock.seconds(
              device, REPEATS, () -> backend.walsh().transform(data, rows, length, scale));
      double asked = power <= 14 ? 1.1 : power == 15 ? 1.2 : power <= 24 ? 2.2 : 2.3;
      Measured.of("DeviceTransform", backend)
          .with("length", "2^" + power)
          .with("rows", rows)
          .milliseconds("ms", seconds)
          .against("times_copy", Measured.median(seconds) / floor, asked)
          .report();
    }
  }

  private static void check(float[] x, float[] found, int rows, int length) {
    Philox.Stream random = Philox.stream(length, 1);
    for (int row : new int[] {0, rows - 1}) {
      for (int trial = 0; trial < 4; trial++) {
        int j = random.nextInt(length);
        double sum = 0;
        for (int l = 0; l < length; l++) {
          double term = x[row * length + l];
          sum += (Integer.bitCount(l & j) & 1) == 0 ? term : -term;
        }
        if (found[row * length + j] != sum) {
          throw new IllegalStateException(
              "row "
                  + row
                  + " of length "
                  + length
                  + ", number "
                  + j
                  + ": "
                  + found[row * length + j]
                  + " instead of "
                  + sum);
        }
      }
    }
  }
}
