package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Forest;
import dev.ablate.backend.TreeSpectra.Terms;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.Device;
import dev.ablate.code.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Spectra of forests of full random trees, from the host and back to it, on a device and on the
 * host's cores; the two must agree.
 *
 * <p>Arguments: backend (default cuda), forests (default 4), trees (default 1000), depth (default
 * 5), features (default 64).
 */
public final class DeviceTreeSpectra {
  private static final int REPEATS = 7;

  private DeviceTreeSpectra() {}

  /** Prints one line. */
  public static void main(String[] args) {
    String name = args.length > 0 ? args[0] : "cuda";
    int[] sizes = {4, 1000, 5, 64};
    for (int i = 1; i < args.length; i++) {
      sizes[i - 1] = Integer.parseInt(args[i]);
    }
    List<Forest> forests = new ArrayList<>();
    for (int f = 0; f < sizes[0]; f++) {
      forests.add(forest(f, sizes[1], sizes[2], sizes[3]));
    }
    int[] trees = new int[sizes[0]];
    Arrays.fill(trees, sizes[1]);
    try (Backend backend = Backends.open(name, 0).backend();
        HostBackend host = new HostBackend()) {
      Device device = DeviceClock.device(backend);
      List<Terms> found = backend.treeSpectra().spectra(forests, trees);
      compare(host.treeSpectra().spectra(forests, trees), found);
      Measured.of("DeviceTreeSpectra", backend)
          .with("forests", sizes[0])
          .with("trees", sizes[1])
          .with("depth", sizes[2])
          .with("features", sizes[3])
          .with("terms", found.stream().mapToInt(t -> t.sets().size()).sum())
          .milliseconds("host_ms", time(device, () -> host.treeSpectra().spectra(forests, trees)))
          .milliseconds("ms", time(device, () -> backend.treeSpectra().spectra(forests, trees)))
          .report();
    }
  }

  private static double[] time(Device device, Runnable work) {
    return DeviceClock.seconds(device, REPEATS, work);
  }

  private static Forest forest(int seed, int trees, int depth, int features) {
    Philox.Stream random = Philox.stream(seed, 0);
    int perTree = (2 << depth) - 1;
    int nodes = trees * perTree;
    int[] roots = new int[trees];
    int[] feature = new int[nodes];
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    double[] value = new double[nodes];
    for (int n = 0; n < nodes; n++) {
      int at = n % perTree;
      roots[n / perTree] = n - at;
      feature[n] = at < perTree / 2 ? random.nextInt(features) : -1;
      left[n] = n + at + 1;
      right[n] = n + at + 2;
      value[n] = random.nextGaussian();
    }
    return new Forest(0, roots, feature, left, right, value);
  }

  /** Sums in another order differ by rounding alone; where one is left, so may a set be. */
  private static void compare(List<Terms> expected, List<Terms> found) {
    for (int f = 0; f < expected.size(); f++) {
      double[] wanted = expected.get(f).coefficients();
      double[] got = found.get(f).coefficients();
      boolean same =
          Arrays.equals(expected.get(f).sets().features(), found.get(f).sets().features());
      for (int s = 0; same && s < wanted.length; s++) {
        same = Math.abs(wanted[s] - got[s]) <= 1e-9;
      }
      if (!same) {
        throw new IllegalStateException("forest " + f + ": the device differs from the host");
      }
    }
  }
}
