package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.FoldOrder;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Parity;
import dev.ablate.backend.ParityRegression;
import dev.ablate.backend.Rows;
import dev.ablate.backend.Sets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Regressions on parities on a device: {@code kernels/parity_regression.cl}. */
final class KernelParityRegression implements ParityRegression {
  private final Runtime runtime;
  private final Parity parity;
  private final Rows rowSets;

  KernelParityRegression(Runtime runtime, Parity parity, Rows rows) {
    this.runtime = runtime;
    this.parity = parity;
    this.rowSets = rows;
  }

  @Override
  public Sums sums(Sets sets, Buffer masks, int rows, int features, Buffer values, long[][] folds) {
    int[] starts = FoldOrder.starts(folds);
    KernelParitySums sums = new KernelParitySums(runtime, sets.empties(), starts);
    try (Runtime.Scope scope = runtime.scope();
        Buffer sorted = rowSets.positions(folds, rows);
        Buffer parts = rowSets.ranges(starts, rows);
        Buffer there = rowSets.gather(scope.in(masks), (features + 63) >>> 6, sorted);
        Buffer y = rowSets.gather(scope.in(values), 1, sorted);
        Buffer columns = parity.columns(sets, there, rows, features)) {
      sums.fill(
          scope,
          () -> parity.gram(columns, sets.size(), rows, parts, folds.length),
          () -> parity.products(columns, sets.size(), rows, parts, folds.length, y, 1),
          (KernelBuffer) y);
      return sums;
    } catch (RuntimeException e) {
      sums.close();
      throw e;
    }
  }

  /** Sets whose columns do not fit the device's memory together are tested in batches. */
  @Override
  public Hits hits(
      Sets sets, Buffer masks, int rows, int features, Buffer values, double threshold) {
    IntStream.Builder positions = IntStream.builder();
    DoubleStream.Builder coefficients = DoubleStream.builder();
    inBatches(
        sets,
        masks,
        rows,
        features,
        values,
        1,
        (first, count, products) -> {
          Hits hits = above(products, rows, threshold);
          Arrays.stream(hits.positions()).forEach(p -> positions.add(p + first));
          Arrays.stream(hits.coefficients()).forEach(coefficients::add);
        });
    return new Hits(positions.build().toArray(), coefficients.build().toArray());
  }

  /** In batches of sets as {@link #hits}. */
  @Override
  public double[] products(
      Sets sets, Buffer masks, int rows, int features, Buffer values, int outputs) {
    double[] all = new double[Math.multiplyExact(outputs, sets.size())];
    inBatches(
        sets,
        masks,
        rows,
        features,
        values,
        outputs,
        (first, count, products) -> {
          double[] some = products.toHost().doubles();
          for (int o = 0; o < outputs; o++) {
            System.arraycopy(some, o * count, all, o * sets.size() + first, count);
          }
        });
    return all;
  }

  /** Takes the products of a batch of sets, {@code (outputs, count)}. */
  private interface Batch {
    void take(int first, int count, KernelBuffer products);
  }

  private void inBatches(
      Sets sets, Buffer masks, int rows, int features, Buffer values, int outputs, Batch batch) {
    try (Runtime.Scope scope = runtime.scope();
        Buffer part = rowSets.all(rows)) {
      KernelBuffer there = scope.in(masks);
      KernelBuffer y = scope.in(values);
      MemoryBatches.over(
          sets.size(),
          sets.size(),
          1,
          (first, count) -> {
            try (Buffer columns = parity.columns(some(sets, first, count), there, rows, features);
                Buffer products = parity.products(columns, count, rows, part, 1, y, outputs)) {
              batch.take(first, count, (KernelBuffer) products);
            }
          });
    }
  }

  private static Sets some(Sets sets, int first, int count) {
    return count == sets.size()
        ? sets
        : sets.select(IntStream.range(first, first + count).toArray());
  }

  private Hits above(KernelBuffer products, int rows, double threshold) {
    int count = (int) products.length();
    try (Runtime.Scope scope = runtime.scope()) {
      KernelBuffer positions = scope.temporary(Element.I32, count);
      KernelBuffer coefficients = scope.temporary(Element.F64, count);
      KernelBuffer found = scope.temporary(Element.I32, 1);
      Runtime.Kernel kernel =
          runtime.kernel(KernelParitySums.STEM, "parity_regression_hits", Map.of());
      int size = runtime.groupSize(kernel);
      runtime.launch(
          kernel,
          1,
          size,
          kernel.number("PARITY_REGRESSION_HITS_LOCAL", size),
          Arguments.of()
              .put("positions", positions)
              .put("coefficients", coefficients)
              .put("found", found)
              .put("products", products)
              .put("count", count)
              .put("rows", (double) rows)
              .put("threshold", threshold));
      int[] where = new int[found.toHost().ints()[0]];
      double[] what = new double[where.length];
      if (where.length > 0) {
        runtime.device().read(positions.memory(), 0, HostBuffer.of(where));
        runtime.device().read(coefficients.memory(), 0, HostBuffer.of(what));
      }
      return new Hits(where, what);
    }
  }
}
