package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.GaussianProcess.Block;
import dev.ablate.backend.GaussianProcess.Posterior;
import dev.ablate.backend.Parity;
import dev.ablate.backend.Sets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A Gaussian process given rows; factor, masks and weights stay on the device. */
final class KernelPosterior implements Posterior {
  /** Fewer rows at once are not worth a walk through the factor. */
  private static final int LEAST_FORMS = 256;

  private final Runtime runtime;
  private final Parity parity;
  private final Runtime.Scope scope;
  private final KernelBuffer masks;
  private final int features;
  private final int rows;
  private final KernelCovariances covariances;
  private final KernelBuffer weights;
  private final double logLikelihood;

  static KernelPosterior of(
      Runtime runtime,
      Parity parity,
      Buffer masks,
      int features,
      Buffer values,
      int outputs,
      Block block) {
    Runtime.Scope scope = runtime.scope();
    try {
      return new KernelPosterior(runtime, parity, scope, masks, features, values, outputs, block);
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  private KernelPosterior(
      Runtime runtime,
      Parity parity,
      Runtime.Scope scope,
      Buffer masks,
      int features,
      Buffer values,
      int outputs,
      Block block) {
    this.runtime = runtime;
    this.parity = parity;
    this.scope = scope;
    this.features = features;
    this.rows = block.count();
    this.masks = scope.temporary(Element.U64, masks.length());
    this.weights = scope.temporary(Element.F64, rows);
    try (Runtime.Scope call = runtime.scope()) {
      KernelBuffer there = call.in(masks);
      copy(there, this.masks);
      KernelCovariances.Data data =
          new KernelCovariances.Data(there, features, call.in(values), outputs);
      this.covariances = new KernelCovariances(runtime, data, List.of(block), false);
      try {
        covariances.solve();
        this.logLikelihood = covariances.results()[0];
        if (covariances.failed()[0] != 0) {
          throw new ArithmeticException(
              "the covariance of "
                  + rows
                  + " masks is not positive definite: noise "
                  + block.prior().noise()
                  + " is too small beside scale "
                  + block.prior().scale());
        }
        copy(covariances.matrices().weights(), weights);
      } catch (RuntimeException e) {
        covariances.close();
        throw e;
      }
    }
  }

  /** Fills a buffer with the beginning of another. */
  private void copy(KernelBuffer from, KernelBuffer to) {
    if (to.length() > 0) {
      runtime.device().copy(from.memory(), 0, to.memory(), 0, to.bytes());
    }
  }

  @Override
  public double logLikelihood() {
    return logLikelihood;
  }

  @Override
  public Buffer weights() {
    return weights;
  }

  /** Right sides are solved forward together, and backward one by one in the place of the first. */
  @Override
  public Buffer weights(Buffer values, int outputs) {
    KernelCholesky.Matrices matrices = covariances.matrices();
    KernelCholesky cholesky = new KernelCholesky(runtime);
    KernelRows columns = new KernelRows(runtime);
    long row = (long) matrices.size() * Double.BYTES;
    int[] zeros = new int[outputs];
    Arrays.fill(zeros, -1);
    Buffer all = columns.columns(values, rows, outputs, zeros);
    try (Runtime.Scope call = runtime.scope()) {
      KernelBuffer there = call.in(values);
      KernelBuffer sides = call.zeros(Element.F64, (long) outputs * matrices.size());
      KernelBuffer one = call.temporary(Element.F64, rows);
      for (int o = 0; o < outputs; o++) {
        try (KernelBuffer column =
            (KernelBuffer) columns.columns(there, rows, outputs, new int[] {o})) {
          runtime.device().copy(column.memory(), 0, sides.memory(), o * row, column.bytes());
        }
      }
      cholesky.solve(matrices, sides, outputs, 0);
      for (int o = 0; o < outputs; o++) {
        runtime
            .device()
            .copy(
                sides.memory(), o * row, matrices.matrices().memory(), matrices.size() * row, row);
        cholesky.backward(matrices);
        copy(matrices.weights(), one);
        columns.add(all, rows, outputs, o, 1, one);
      }
      return all;
    } catch (RuntimeException e) {
      all.close();
      throw e;
    }
  }

  /** Sets are taken at once as far as their rows take no more memory than the factor. */
  @Override
  public double[] forms(Sets sets) {
    if (sets.size() == 0) {
      return new double[0];
    }
    try (Runtime.Scope call = runtime.scope();
        KernelBuffer columns = (KernelBuffer) parity.columns(sets, masks, rows, features)) {
      KernelBuffer forms = call.temporary(Element.F64, sets.size());
      int size = covariances.matrices().size();
      int most = Math.min(sets.size(), Math.max(LEAST_FORMS, size));
      MemoryBatches.over(
          sets.size(),
          most,
          1,
          (first, count) -> {
            try (KernelBuffer signs = runtime.allocate(Element.F64, (long) count * size)) {
              solve(columns, first, count, size, signs, forms);
            }
          });
      return forms.toHost().doubles();
    }
  }

  private void solve(
      KernelBuffer columns, int first, int count, int size, KernelBuffer signs, KernelBuffer to) {
    runtime.forItems(
        KernelCovariances.STEM,
        "gaussian_process_signs",
        signs.length(),
        Arguments.of()
            .put("signs", signs)
            .put("columns", columns)
            .put("first", first)
            .put("sets", count)
            .put("rows", rows)
            .put("size", size));
    squares(signs, first, count, 0, to);
  }

  /** The forms of rows that are 0 before a column; the rows are spoilt. */
  private void squares(KernelBuffer of, int first, int count, int from, KernelBuffer to) {
    new KernelCholesky(runtime).solve(covariances.matrices(), of, count, from);
    Runtime.Kernel kernel =
        runtime.kernel(KernelCovariances.STEM, "gaussian_process_squares", Map.of());
    int items = runtime.groupSize(kernel);
    runtime.launch(
        kernel,
        runtime.groups((long) count * items, items),
        items,
        kernel.number("LANES_LOCAL"),
        Arguments.of()
            .put("forms", to)
            .put("rows", of)
            .put("first", first)
            .put("count", count)
            .put("size", covariances.matrices().size()));
  }

  /**
   * Rows of the identity are solved a quarter at a time: panels before their ones have nothing to
   * do, and a launch still fills the device.
   */
  @Override
  public double[] leaveOneOut() {
    int size = covariances.matrices().size();
    try (Runtime.Scope call = runtime.scope()) {
      KernelBuffer diagonal = call.temporary(Element.F64, rows);
      MemoryBatches.over(
          rows,
          Math.min(rows, Math.max(LEAST_FORMS, size / 4)),
          1,
          (first, count) -> {
            try (KernelBuffer units = runtime.allocate(Element.F64, (long) count * size)) {
              runtime.forItems(
                  KernelCovariances.STEM,
                  "gaussian_process_units",
                  units.length(),
                  Arguments.of()
                      .put("units", units)
                      .put("first", first)
                      .put("count", count)
                      .put("size", size));
              squares(units, first, count, first, diagonal);
            }
          });
      double[] left = weights.toHost().doubles();
      double[] inverse = diagonal.toHost().doubles();
      Arrays.setAll(left, r -> left[r] / inverse[r]);
      return left;
    }
  }

  @Override
  public void close() {
    covariances.close();
    scope.close();
  }
}
