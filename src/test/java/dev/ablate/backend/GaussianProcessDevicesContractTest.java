package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.GaussianProcess.Block;
import dev.ablate.backend.GaussianProcess.Evidence;
import dev.ablate.backend.GaussianProcess.Posterior;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.backend.kernel.Tuning;
import dev.ablate.code.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Gaussian processes on devices promise besides the answers. */
class GaussianProcessDevicesContractTest {
  private static final int ROWS = 150;
  private static final int FEATURES = 70;
  private static final HostBuffer MASKS = HostBuffer.of(masks());
  private static final HostBuffer VALUES = HostBuffer.of(values());
  private static final Sets SETS =
      Sets.of(
          IntStream.range(0, 90)
              .mapToObj(s -> s == 0 ? new int[0] : new int[] {s % 35, 35 + s % 33})
              .toList());

  private static final Shape BENT = new Shape(0.4, 2.5, -0.7, 0.6);
  private static final Shape ROUGH = new Shape(0.2, 4, 0, 0);
  private static final Shape TILTED = new Shape(0, 1, 1.5, 0);
  private static final int MEANS = 90;

  private long[] allocated;

  @BeforeEach
  void before() {
    allocated = KernelBackends.allocated();
  }

  @AfterEach
  void nothingIsLeft() {
    assertArrayEquals(allocated, KernelBackends.allocated());
  }

  private static long[] masks() {
    Philox.Stream random = Philox.stream(5, 0);
    long[] words = new long[2 * ROWS];
    Arrays.setAll(words, w -> random.nextLong() & (w % 2 == 1 ? (1L << FEATURES - 64) - 1 : -1L));
    return words;
  }

  private static double[] values() {
    Philox.Stream random = Philox.stream(6, 0);
    double[] values = new double[ROWS];
    Arrays.setAll(values, r -> random.nextGaussian());
    return values;
  }

  private static Prior prior(int seed, Shape shape) {
    Philox.Stream random = Philox.stream(7, seed);
    double[] decays = new double[FEATURES];
    Arrays.setAll(decays, i -> 0.002 + 0.1 * random.nextDouble());
    return new Prior(decays, 1 + random.nextDouble(), 0.1, shape);
  }

  private static List<Block> blocks(Shape... shapes) {
    List<Block> blocks = new ArrayList<>();
    for (int b = 0; b < 5; b++) {
      blocks.add(new Block(7 * b, 1 + 29 * b, 0, prior(b, shapes[b % shapes.length])));
    }
    return blocks;
  }

  private static double[] evidence(Backend backend) {
    return evidence(backend, Shape.PRODUCT);
  }

  private static double[] evidence(Backend backend, Shape... shapes) {
    List<Evidence> all =
        backend.gaussianProcess().evidence(MASKS, ROWS, FEATURES, VALUES, 1, blocks(shapes));
    return all.stream()
        .flatMapToDouble(
            e ->
                DoubleStream.concat(
                    DoubleStream.of(e.logLikelihood()), Arrays.stream(e.gradient())))
        .toArray();
  }

  private static Posterior posterior(Backend backend) {
    return posterior(backend, Shape.PRODUCT);
  }

  private static Posterior posterior(Backend backend, Shape shape) {
    return backend
        .gaussianProcess()
        .posterior(MASKS, ROWS, FEATURES, VALUES, 1, 0, prior(9, shape));
  }

  private static double[] given(Backend backend) {
    return given(backend, Shape.PRODUCT);
  }

  /** All that a posterior says; means at the first masks. */
  private static double[] given(Backend backend, Shape shape) {
    try (Posterior posterior = posterior(backend, shape);
        Buffer means =
            backend
                .gaussianProcess()
                .predict(
                    MASKS, ROWS, FEATURES, posterior.weights(), prior(9, shape), MASKS, MEANS)) {
      return Stream.of(
              new double[] {posterior.logLikelihood()},
              posterior.weights().toHost().doubles(),
              posterior.forms(SETS),
              posterior.leaveOneOut(),
              means.toHost().doubles())
          .flatMapToDouble(Arrays::stream)
          .toArray();
    }
  }

  /** The same bits at every group size, and in every run. */
  private static void same(Function<Backend, double[]> answer) {
    double[] first = null;
    for (Backend backend : KernelBackends.all().toList()) {
      for (int run = 0; run < 2; run++) {
        double[] found = answer.apply(backend);
        first = first == null ? found : first;
        assertArrayEquals(first, found, 0, backend.device());
      }
    }
    if (first != null) {
      try (HostBackend host = new HostBackend(1)) {
        assertArrayEquals(answer.apply(host), first, 1e-8);
      }
    }
  }

  @Test
  void resultsDoNotDependOnTheGroupSize() {
    same(backend -> evidence(backend));
    same(backend -> given(backend));
  }

  @Test
  void resultsOfShapedPriorsDoNotDependOnTheGroupSize() {
    same(backend -> evidence(backend, BENT, Shape.PRODUCT, ROUGH, TILTED));
    same(backend -> given(backend, BENT));
    same(backend -> given(backend, TILTED));
  }

  /** One product has kernels of its own; beside other priors it goes through theirs. */
  @Test
  void productsAreTheSameBesideOtherPriors() {
    KernelBackends.tuned()
        .forEach(
            backend -> {
              double[] alone = evidence(backend, Shape.PRODUCT);
              double[] beside =
                  evidence(
                      backend, Shape.PRODUCT, Shape.PRODUCT, Shape.PRODUCT, Shape.PRODUCT, BENT);
              int each = alone.length / 5;
              for (int k = 0; k < 4 * each; k++) {
                assertEquals(alone[k], beside[k], 1e-12 * (1 + Math.abs(alone[k])));
              }
            });
  }

  @Test
  void blocksAreTakenInHalvesWhereMemoryIsShort() {
    KernelBackends.tuned()
        .map(KernelBackend.class::cast)
        .forEach(
            backend -> {
              Device device = backend.deviceHandle();
              double[] expected = evidence(backend);
              AtomicInteger refused = new AtomicInteger();
              // The two largest blocks have 128 rows with their padding: two matrices of 257 x 128.
              long most = device.allocated() + 8 * (2 * 257 * 128 + 40_000);
              Backend small =
                  new KernelBackend(ShortDevice.of(device, most, refused), new Tuning(Map.of()));
              assertArrayEquals(expected, evidence(small), 0);
              assertTrue(refused.get() > 0, "all blocks fit together");
              Backend none =
                  new KernelBackend(
                      ShortDevice.of(device, device.allocated() + 100_000, refused),
                      new Tuning(Map.of()));
              assertThrows(OutOfDeviceMemoryException.class, () -> evidence(none));
              assertThrows(OutOfDeviceMemoryException.class, () -> posterior(none));
            });
  }

  @Test
  void whatIsAskedOfAPosteriorIsTakenInPartsWhereMemoryIsShort() {
    KernelBackends.tuned()
        .map(KernelBackend.class::cast)
        .forEach(
            backend -> {
              Device device = backend.deviceHandle();
              double[] expected = given(backend);
              AtomicInteger refused = new AtomicInteger();
              // The factor of 193 x 192 numbers and its inverses, but not 90 rows of 192 or of 150
              // besides.
              long most = device.allocated() + 8 * (193 * 192 + 192 * 64 + 10_000);
              Backend small =
                  new KernelBackend(ShortDevice.of(device, most, refused), new Tuning(Map.of()));
              assertArrayEquals(expected, given(small), 0);
              assertTrue(refused.get() > 4, "all sets, rows or masks fit together");
            });
  }

  /** Weights are values of a regression on the same backend, without a way over the host. */
  @Test
  void weightsStayOnTheDevice() {
    KernelBackends.tuned()
        .forEach(
            backend -> {
              try (Posterior posterior = posterior(backend);
                  Buffer masks = backend.upload(MASKS)) {
                Buffer weights = posterior.weights();
                long before = backend.traffic().toHost();
                ParityRegression.Hits hits =
                    backend.parityRegression().hits(SETS, masks, ROWS, FEATURES, weights, 0.01);
                long moved = backend.traffic().toHost() - before;
                assertTrue(moved < 8L * ROWS, moved + " bytes came back");
                double[] w = weights.toHost().doubles();
                int[] expected =
                    IntStream.range(0, SETS.size())
                        .filter(s -> Math.abs(sum(s, w)) / ROWS > 0.01)
                        .toArray();
                assertTrue(expected.length > 0 && expected.length < SETS.size());
                assertArrayEquals(expected, hits.positions());
                for (int h = 0; h < expected.length; h++) {
                  assertEquals(sum(expected[h], w) / ROWS, hits.coefficients()[h], 1e-12);
                }
              }
            });
  }

  private static double sum(int set, double[] weights) {
    double sum = 0;
    for (int r = 0; r < ROWS; r++) {
      double sign = 1;
      for (int i : SETS.get(set)) {
        sign = (MASKS.words()[2 * r + i / 64] >>> i & 1) != 0 ? -sign : sign;
      }
      sum += sign * weights[r];
    }
    return sum;
  }
}
