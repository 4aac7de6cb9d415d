package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Paths;
import java.util.ArrayList;
import java.util.List;

/**
 * Lasso and ridge paths on a device: {@code kernels/paths.cl} and {@code kernels/paths_ridge.cl}.
 * Problems that do not fit the device's memory together are solved in halves.
 */
final class KernelPaths implements Paths {
  private final Runtime runtime;

  KernelPaths(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public List<double[]> lasso(List<Problem> problems) {
    return solve(problems, KernelPathsBatch::lasso);
  }

  @Override
  public List<double[]> ridge(List<Problem> problems) {
    return solve(problems, KernelPathsBatch::ridge);
  }

  /** One of the paths of a batch, all problems' weights one after another. */
  private interface Method {
    KernelBuffer path(KernelPathsBatch batch, Runtime.Scope scope);
  }

  private List<double[]> solve(List<Problem> problems, Method method) {
    List<double[]> paths = new ArrayList<>();
    MemoryBatches.over(
        problems.size(),
        problems.size(),
        1,
        (first, count) ->
            paths.addAll(solveTogether(problems.subList(first, first + count), method)));
    return paths;
  }

  private List<double[]> solveTogether(List<Problem> problems, Method method) {
    try (Runtime.Scope scope = runtime.scope()) {
      KernelPathsBatch batch = upload(scope, problems);
      KernelBuffer path = method.path(batch, scope);
      List<double[]> paths = new ArrayList<>();
      for (int p = 0; p < problems.size(); p++) {
        Problem problem = problems.get(p);
        double[] weights =
            new double[Math.multiplyExact(problem.penalties().length, problem.size())];
        if (weights.length > 0) {
          long offset = batch.shape().path(p) * Double.BYTES;
          runtime.device().read(path.memory(), offset, HostBuffer.of(weights));
        }
        paths.add(weights);
      }
      return paths;
    }
  }

  private KernelPathsBatch upload(Runtime.Scope scope, List<Problem> problems) {
    KernelPathsShape shape =
        new KernelPathsShape(
            problems.stream().mapToInt(Problem::size).toArray(),
            problems.stream().mapToInt(p -> p.penalties().length).toArray());
    KernelBuffer gram = scope.temporary(Element.F64, shape.elements());
    double[] products = new double[Math.toIntExact(shape.columns())];
    byte[] unpenalised = new byte[products.length];
    double[] penalties = new double[Math.toIntExact(shape.penalties())];
    for (int p = 0; p < problems.size(); p++) {
      Problem problem = problems.get(p);
      if (problem.size() > 0) {
        HostBuffer matrix = HostBuffer.of(problem.gram());
        runtime.device().write(gram.memory(), shape.matrix(p) * Double.BYTES, matrix);
      }
      int at = Math.toIntExact(shape.vector(p));
      System.arraycopy(problem.products(), 0, products, at, problem.size());
      for (int j = 0; j < problem.size(); j++) {
        unpenalised[at + j] = (byte) (problem.free()[j] ? 1 : 0);
      }
      int first = Math.toIntExact(shape.penalty(p));
      System.arraycopy(problem.penalties(), 0, penalties, first, problem.penalties().length);
    }
    return new KernelPathsBatch(
        runtime,
        shape,
        gram,
        scope.in(products),
        scope.in(HostBuffer.of(unpenalised)),
        scope.in(penalties));
  }
}
