package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.LogisticRegression;
import dev.ablate.backend.host.HostLogisticAnchor;
import dev.ablate.backend.host.Workers;

/**
 * Logistic regressions on a device: {@code kernels/logistic_regression.cl}. What all subsets start
 * from, the fit of all rows, is found by the host, for which it is the work of some subsets.
 */
final class KernelLogisticRegression implements LogisticRegression {
  private final Runtime runtime;

  KernelLogisticRegression(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public Trainer open(Problem problem, double[] tests, int count) {
    HostLogisticAnchor anchor;
    int threads = java.lang.Runtime.getRuntime().availableProcessors();
    try (Workers workers = new Workers(threads)) {
      anchor = new HostLogisticAnchor(problem, workers);
    }
    Runtime.Scope scope = runtime.scope();
    try {
      return new KernelTrainer(scope, KernelLogisticRows.of(scope, problem, anchor, tests, count));
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  private final class KernelTrainer implements Trainer {
    private final Runtime.Scope scope;
    private final KernelLogisticRows rows;

    KernelTrainer(Runtime.Scope scope, KernelLogisticRows rows) {
      this.scope = scope;
      this.rows = rows;
    }

    @Override
    public void train(Buffer kept, int subsets, Sink sink) {
      try (Runtime.Scope call = runtime.scope()) {
        KernelBuffer masks = call.in(kept);
        long room = 1024L * runtime.tuning().get("logistic_regression.kibibytes");
        long most = Math.max(1, room / KernelLogisticBatch.bytesEach(rows));
        // Equal batches: a last one of few subsets would take nearly as long as a full one.
        long batches = Math.max(1, (subsets + most - 1) / most);
        int each = (int) ((subsets + batches - 1) / batches);
        MemoryBatches.over(
            subsets,
            each,
            1,
            (first, count) -> {
              try (Runtime.Scope batch = runtime.scope()) {
                new KernelLogisticBatch(runtime, batch, rows, masks, first, count).train(sink);
              }
            });
      }
    }

    @Override
    public void close() {
      scope.close();
    }
  }
}
