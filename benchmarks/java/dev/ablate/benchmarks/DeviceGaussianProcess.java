package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.GaussianProcess.Block;
import dev.ablate.backend.GaussianProcess.Evidence;
import dev.ablate.backend.GaussianProcess.Posterior;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.Device;
import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Gaussian processes on a device: evidence of four blocks of 500 masks and of two of 1,000, under
 * one product and under a prior with every shape, and posteriors of a quarter, a half and all of
 * the masks with the forms of 256 sets, what each row differs from the others, and means at all
 * masks; one call of the host in the same process as control, and a copy of the matrix within the
 * device as floor. Answers are compared with the host's.
 *
 * <p>Arguments: backend (default cuda), masks (default 4000), features (default 64).
 */
public final class DeviceGaussianProcess {
  private static final int REPEATS = 7;
  private static final int FORMS = 256;

  /** Most that a posterior of 4,000 masks and evidence of four blocks of 500 may take. */
  private static final double POSTERIOR_MS = 50;

  private static final double EVIDENCE_MS = 5;

  private final Backend backend;
  private final HostBackend host;
  private final Device device;
  private final int rows;
  private final int features;
  private final double[] values;
  private final Prior prior;
  private final Prior shaped;

  private DeviceGaussianProcess(Backend backend, HostBackend host, int rows, int features) {
    this.backend = backend;
    this.host = host;
    this.device = DeviceClock.device(backend);
    this.rows = rows;
    this.features = features;
    Philox.Stream random = Philox.stream(3, 0);
    this.values = new double[rows];
    Arrays.setAll(values, r -> random.nextGaussian());
    double[] decays = new double[features];
    Arrays.setAll(decays, i -> (0.1 + 2 * random.nextDouble()) / features);
    this.prior = new Prior(decays, 1, 0.05);
    this.shaped = new Prior(decays, 1, 0.05, new Shape(0.3, 3, 0.5, 0.5));
  }

  /** Prints a line an operation. */
  public static void main(String[] args) {
    String name = args.length > 0 ? args[0] : "cuda";
    int rows = args.length > 1 ? Integer.parseInt(args[1]) : 4000;
    int features = args.length > 2 ? Integer.parseInt(args[2]) : 64;
    try (Backend backend = Backends.open(name, 0).backend();
        HostBackend host = new HostBackend()) {
      new DeviceGaussianProcess(backend, host, rows, features).run();
    }
  }

  private void run() {
    try (Buffer masks = backend.sampling().uniform(1, 0, 0, rows, features);
        Buffer y = backend.upload(HostBuffer.of(values))) {
      for (Prior one : List.of(prior, shaped)) {
        evidence(masks, y, 4, Math.min(500, rows / 8), one);
        evidence(masks, y, 2, Math.min(1000, rows / 4), one);
      }
      for (int part = 4; part > 0; part /= 2) {
        posterior(masks, y, rows / part);
      }
    }
  }

  private List<Evidence> evidence(Backend on, Buffer masks, Buffer y, List<Block> blocks) {
    return on.gaussianProcess().evidence(masks, rows, features, y, 1, blocks);
  }

  private void evidence(Buffer masks, Buffer y, int count, int each, Prior prior) {
    List<Block> blocks =
        IntStream.range(0, count).mapToObj(b -> new Block(b * each, each, 0, prior)).toList();
    HostBuffer hostMasks = masks.toHost();
    List<Evidence> found = evidence(backend, masks, y, blocks);
    long start = System.nanoTime();
    List<Evidence> expected = evidence(host, hostMasks, HostBuffer.of(values), blocks);
    double[] onHost = {(System.nanoTime() - start) * 1e-9};
    for (int b = 0; b < count; b++) {
      near(expected.get(b).logLikelihood(), found.get(b).logLikelihood());
      near(expected.get(b).gradient(), found.get(b).gradient());
    }
    double[] seconds =
        DeviceClock.seconds(device, REPEATS, () -> evidence(backend, masks, y, blocks));
    Measured measured =
        Measured.of("DeviceGaussianProcess evidence", backend)
            .with("blocks", count)
            .with("masks", each)
            .with("features", features)
            .with("shaped", prior == shaped ? 1 : 0)
            .milliseconds("host_ms", onHost)
            .milliseconds("ms", seconds)
            // The factor, the inverse of the factor and the product of that with itself.
            .with("gflops", rate(seconds, count * Math.pow(each, 3)));
    if (each == 500 && features == 64) {
      measured.against("median_ms", Measured.median(seconds) * 1e3, EVIDENCE_MS);
    }
    measured.report();
  }

  private Posterior posterior(Backend on, Buffer masks, Buffer y, int count) {
    return on.gaussianProcess().posterior(masks, count, features, y, 1, 0, prior);
  }

  private void posterior(Buffer masks, Buffer y, int count) {
    Sets sets = Sets.of(IntStream.range(0, FORMS).mapToObj(s -> new int[] {s % features}).toList());
    HostBuffer hostMasks = masks.toHost();
    HostBuffer hostValues = HostBuffer.of(values);
    double[] forms;
    double[] leaveOneOut;
    double[] means;
    double[] onHost = new double[1];
    long start = System.nanoTime();
    try (Posterior expected = posterior(host, hostMasks, hostValues, count)) {
      onHost[0] = (System.nanoTime() - start) * 1e-9;
      try (Posterior found = posterior(backend, masks, y, count)) {
        near(expected.logLikelihood(), found.logLikelihood());
        near(expected.weights().toHost().doubles(), found.weights().toHost().doubles());
        near(expected.forms(sets), found.forms(sets));
        near(expected.leaveOneOut(), found.leaveOneOut());
        near(
            doubles(means(host, hostMasks, expected, count)),
            doubles(means(backend, masks, found, count)));
        forms = DeviceClock.seconds(device, REPEATS, () -> found.forms(sets));
        leaveOneOut = DeviceClock.seconds(device, REPEATS, found::leaveOneOut);
        means =
            DeviceClock.seconds(device, REPEATS, () -> means(backend, masks, found, count).close());
      }
    }
    double[] seconds =
        DeviceClock.seconds(device, REPEATS, () -> posterior(backend, masks, y, count).close());
    Measured measured =
        Measured.of("DeviceGaussianProcess posterior", backend)
            .with("masks", count)
            .with("features", features)
            .milliseconds("copy_ms", DeviceClock.copy(device, REPEATS, 8L * count * count))
            .milliseconds("host_ms", onHost)
            .milliseconds("ms", seconds)
            .with("gflops", rate(seconds, Math.pow(count, 3) / 3))
            .with("sets", FORMS)
            .milliseconds("forms_ms", forms)
            .with("forms_gflops", rate(forms, (double) FORMS * count * count))
            .milliseconds("leave_one_out_ms", leaveOneOut)
            .milliseconds("means_ms", means);
    if (count == 4000 && features == 64) {
      measured.against("median_ms", Measured.median(seconds) * 1e3, POSTERIOR_MS);
    }
    measured.report();
  }

  /** Means at all masks. */
  private Buffer means(Backend on, Buffer masks, Posterior posterior, int count) {
    return on.gaussianProcess()
        .predict(masks, count, features, posterior.weights(), prior, masks, rows);
  }

  private static double[] doubles(Buffer buffer) {
    try (buffer) {
      return buffer.toHost().doubles();
    }
  }

  private static double rate(double[] seconds, double operations) {
    return Math.round(operations / Measured.median(seconds) * 1e-7) / 100.0;
  }

  private static void near(double expected, double found) {
    near(new double[] {expected}, new double[] {found});
  }

  /** Sums of thousands of numbers, through factors of condition below 1e5. */
  private static void near(double[] expected, double[] found) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(expected[i] - found[i]) <= 1e-8 * largest)) {
        throw new IllegalStateException(
            "the device has " + found[i] + " where the host has " + expected[i]);
      }
    }
  }
}
