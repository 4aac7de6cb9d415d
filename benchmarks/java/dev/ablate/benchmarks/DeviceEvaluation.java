package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.Device;
import dev.ablate.game.PlantedGame;
import dev.ablate.spectrum.Spectrum;

/**
 * A spectrum on many uniform masks of a device, made there, beside a copy of the bytes it reads and
 * writes. Blocks of the result are compared with the host's.
 *
 * <p>Arguments: backend (default cuda), masks (default 100000000), terms (default 1000), features
 * (default 64).
 */
public final class DeviceEvaluation {
  private static final int REPEATS = 5;
  private static final int BLOCK = 1000;
  private static final double ASKED_MS = 30;

  private DeviceEvaluation() {}

  /** Prints one line. */
  public static void main(String[] args) {
    String name = args.length > 0 ? args[0] : "cuda";
    int rows = args.length > 1 ? Integer.parseInt(args[1]) : 100_000_000;
    int terms = args.length > 2 ? Integer.parseInt(args[2]) : 1000;
    int features = args.length > 3 ? Integer.parseInt(args[3]) : 64;
    Spectrum truth = PlantedGame.random(features, terms, 5, 0, 0).truth();
    try (Backend backend = Backends.open(name, 0).backend()) {
      Device device = DeviceClock.device(backend);
      try (Buffer masks = backend.sampling().uniform(1, 0, 0, rows, features);
          Buffer coefficients = backend.upload(HostBuffer.of(truth.coefficients()))) {
        check(backend, truth, coefficients, masks, rows);
        double[] seconds =
            DeviceClock.seconds(
                device,
                REPEATS,
                () ->
                    backend
                        .evaluation()
                        .evaluate(truth.sets(), coefficients, 1, masks, rows, features)
                        .close());
        double[] copy = DeviceClock.copy(device, REPEATS, (masks.bytes() + 8L * rows) / 2);
        Measured.of("DeviceEvaluation", backend)
            .with("masks", rows)
            .with("terms", terms)
            .with("features", features)
            .milliseconds("copy_ms", copy)
            .milliseconds("ms", seconds)
            .against("median_ms", Measured.median(seconds) * 1e3, ASKED_MS)
            .report();
      }
    }
  }

  private static void check(
      Backend backend, Spectrum truth, Buffer coefficients, Buffer masks, int rows) {
    int features = truth.features();
    Sets sets = truth.sets();
    double[] all;
    try (Buffer values =
        backend.evaluation().evaluate(sets, coefficients, 1, masks, rows, features)) {
      all = values.toHost().doubles();
    }
    double size = 0;
    for (double c : truth.coefficients()) {
      size += Math.abs(c);
    }
    try (HostBackend host = new HostBackend()) {
      for (int from : new int[] {0, rows / 3, rows - BLOCK}) {
        Buffer some = host.sampling().uniform(1, 0, from, BLOCK, features);
        double[] expected =
            host.evaluation()
                .evaluate(sets, HostBuffer.of(truth.coefficients()), 1, some, BLOCK, features)
                .toHost()
                .doubles();
        for (int r = 0; r < BLOCK; r++) {
          if (Math.abs(all[from + r] - expected[r]) > 1e-6 * size) {
            throw new IllegalStateException(
                "mask " + (from + r) + ": " + all[from + r] + " instead of " + expected[r]);
          }
        }
      }
    }
  }
}
