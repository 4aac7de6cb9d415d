package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.GaussianProcess;
import dev.ablate.backend.Parity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gaussian processes on a device: {@code kernels/gaussian_process.cl}. */
final class KernelGaussianProcess implements GaussianProcess {
  private final Runtime runtime;
  private final Parity parity;

  KernelGaussianProcess(Runtime runtime, Parity parity) {
    this.runtime = runtime;
    this.parity = parity;
  }

  @Override
  public List<Evidence> evidence(
      Buffer masks, int rows, int features, Buffer values, int outputs, List<Block> blocks) {
    try (Runtime.Scope scope = runtime.scope()) {
      KernelCovariances.Data data =
          new KernelCovariances.Data(scope.in(masks), features, scope.in(values), outputs);
      List<Evidence> evidence = new ArrayList<>();
      MemoryBatches.over(
          blocks.size(),
          blocks.size(),
          1,
          (first, count) -> evidence.addAll(evidence(data, blocks.subList(first, first + count))));
      return evidence;
    }
  }

  private List<Evidence> evidence(KernelCovariances.Data data, List<Block> blocks) {
    try (KernelCovariances covariances = new KernelCovariances(runtime, data, blocks, true)) {
      covariances.solve();
      covariances.sumSlopes();
      double[] results = covariances.results();
      int[] failed = covariances.failed();
      List<Evidence> evidence = new ArrayList<>();
      int each = covariances.slopes() + 1;
      for (int b = 0; b < failed.length; b++) {
        evidence.add(
            failed[b] != 0
                ? new Evidence(Double.NEGATIVE_INFINITY, new double[covariances.slopes()])
                : new Evidence(
                    results[b * each], Arrays.copyOfRange(results, b * each + 1, (b + 1) * each)));
      }
      return evidence;
    }
  }

  @Override
  public Buffer predict(
      Buffer masks, int rows, int features, Buffer weights, Prior prior, Buffer at, int count) {
    KernelBuffer means = runtime.allocate(Element.F64, count);
    try (Runtime.Scope scope = runtime.scope()) {
      KernelMeans of =
          new KernelMeans(
              runtime,
              scope.in(masks),
              rows,
              features,
              scope.in(weights),
              KernelPriors.of(scope, features, List.of(prior)));
      of.at(scope.in(at), count, means);
      return means;
    } catch (RuntimeException e) {
      means.close();
      throw e;
    }
  }

  @Override
  public Posterior posterior(
      Buffer masks, int rows, int features, Buffer values, int outputs, int output, Prior prior) {
    return KernelPosterior.of(
        runtime, parity, masks, features, values, outputs, new Block(0, rows, output, prior));
  }
}
