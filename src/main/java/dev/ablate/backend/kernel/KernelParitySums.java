package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.ParityRegression;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A regression in the memory of a device: the sums over each fold and over all rows. Folds whose
 * problems do not fit the memory together are solved in batches.
 */
final class KernelParitySums implements ParityRegression.Sums {
  static final String STEM = "parity_regression";

  private final Runtime runtime;
  private final boolean[] free;
  private final int[] starts;
  private final int size;
  private final List<Buffer> owned = new ArrayList<>();
  private KernelBuffer foldGram;
  private KernelBuffer foldProducts;
  private KernelBuffer foldEnergies;
  private KernelBuffer gram;
  private KernelBuffer products;
  private double[] hostProducts;
  private double energy;

  /**
   * Sums that are still to be filled.
   *
   * @param starts {@code (folds + 1)} where each fold begins in the rows sorted by fold
   */
  KernelParitySums(Runtime runtime, boolean[] free, int[] starts) {
    this.runtime = runtime;
    this.free = free;
    this.starts = starts;
    this.size = free.length;
  }

  /**
   * Takes the sums over the folds over and adds them up.
   *
   * @param grams gives F64 {@code (folds, k, k) row-major}
   * @param productSums gives F64 {@code (folds, k) row-major}
   * @param y F64 {@code (rows)}, sorted by fold
   */
  void fill(
      Runtime.Scope scope, Supplier<Buffer> grams, Supplier<Buffer> productSums, KernelBuffer y) {
    foldGram = own(grams.get());
    foldProducts = own(productSums.get());
    foldEnergies = own(runtime.allocate(Element.F64, folds()));
    gram = own(runtime.allocate(Element.F64, (long) size * size));
    products = own(runtime.allocate(Element.F64, size));
    addUp(gram, foldGram);
    addUp(products, foldProducts);
    Runtime.Kernel kernel = runtime.kernel(STEM, "parity_regression_energies", Map.of());
    runtime.launch(
        kernel,
        folds(),
        runtime.groupSize(kernel),
        kernel.number("LANES_LOCAL"),
        Arguments.of()
            .put("energies", foldEnergies)
            .put("values", y)
            .put("starts", scope.in(starts))
            .put("fold_count", folds()));
    hostProducts = products.toHost().doubles();
    energy = Arrays.stream(foldEnergies.toHost().doubles()).sum();
  }

  private KernelBuffer own(Buffer buffer) {
    owned.add(buffer);
    return (KernelBuffer) buffer;
  }

  private void addUp(KernelBuffer total, KernelBuffer folds) {
    long length = total.length();
    runtime.forItems(
        STEM,
        "parity_regression_total",
        length,
        Arguments.of()
            .put("total", total)
            .put("folds", folds)
            .put("length", length)
            .put("fold_count", folds()));
  }

  private int folds() {
    return starts.length - 1;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int rows() {
    return starts[folds()];
  }

  @Override
  public double energy() {
    return energy;
  }

  @Override
  public double[] products() {
    return hostProducts.clone();
  }

  @Override
  public boolean[] free() {
    return free;
  }

  @Override
  public double[] lassoErrors(double[] scales, double[] penalties) {
    return errors(scales, penalties, true);
  }

  @Override
  public double[] ridgeErrors(double[] penalties) {
    return errors(ones(), penalties, false);
  }

  @Override
  public double[] lasso(double[] scales, double penalty) {
    try (Runtime.Scope scope = runtime.scope()) {
      double[] penalties = {penalty * rows()};
      KernelBuffer divisors = scope.in(scales);
      KernelBuffer path = problems(scope, 0, 1, divisors, penalties, false).lasso(scope);
      return unscaled(path, divisors).toHost().doubles();
    }
  }

  @Override
  public double[] ridge(double penalty) {
    try (Runtime.Scope scope = runtime.scope()) {
      double[] penalties = {penalty};
      return problems(scope, 0, 1, scope.in(ones()), penalties, false)
          .ridge(scope)
          .toHost()
          .doubles();
    }
  }

  @Override
  public double[] leastSquares(int[] columns) {
    double[] all = new double[size];
    int count = columns.length;
    if (count == 0) {
      return all;
    }
    try (Runtime.Scope scope = runtime.scope()) {
      KernelBuffer picked = scope.temporary(Element.F64, (long) count * count);
      KernelBuffer pickedProducts = scope.temporary(Element.F64, count);
      launchRows(
          "parity_regression_select",
          count,
          Arguments.of()
              .put("gram", picked)
              .put("products", pickedProducts)
              .put("from", gram)
              .put("from_products", products)
              .put("columns", scope.in(columns))
              .put("count", count)
              .put("size", size));
      KernelPathsBatch problem =
          new KernelPathsBatch(
              runtime,
              new KernelPathsShape(new int[] {count}, new int[] {1}),
              picked,
              pickedProducts,
              scope.zeros(Element.U8, count),
              scope.in(new double[] {0}));
      double[] solved = problem.lasso(scope).toHost().doubles();
      for (int i = 0; i < count; i++) {
        all[columns[i]] = solved[i];
      }
    }
    return all;
  }

  private double[] ones() {
    double[] ones = new double[size];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Squared errors on all folds for each penalty, the lasso's or ridge's. */
  private double[] errors(double[] scales, double[] penalties, boolean lasso) {
    double[] errors = new double[penalties.length];
    MemoryBatches.over(
        folds(),
        folds(),
        1,
        (first, count) -> {
          double[] some = errorsTogether(first, count, scales, penalties, lasso);
          for (int p = 0; p < errors.length; p++) {
            errors[p] += some[p];
          }
        });
    return errors;
  }

  private double[] errorsTogether(
      int from, int count, double[] scales, double[] penalties, boolean lasso) {
    double[] sums = new double[penalties.length];
    try (Runtime.Scope scope = runtime.scope()) {
      KernelBuffer divisors = scope.in(scales);
      double[] all = new double[count * penalties.length];
      for (int n = 0; n < count; n++) {
        // The lasso's penalties are per row.
        double factor = lasso ? rows() - (starts[from + n + 1] - starts[from + n]) : 1;
        for (int p = 0; p < penalties.length; p++) {
          all[n * penalties.length + p] = penalties[p] * factor;
        }
      }
      KernelPathsBatch batch = problems(scope, from, count, divisors, all, true);
      KernelBuffer path = lasso ? unscaled(batch.lasso(scope), divisors) : batch.ridge(scope);
      KernelBuffer errors = scope.temporary(Element.F64, all.length);
      Runtime.Kernel kernel = runtime.kernel(STEM, "parity_regression_errors", Map.of());
      int group = runtime.groupSize(kernel);
      if (all.length > 0) {
        runtime.launch(
            kernel,
            runtime.groups((long) all.length * group, group),
            group,
            kernel.number("LANES_LOCAL"),
            Arguments.of()
                .put("errors", errors)
                .put("path", path)
                .put("gram", foldGram)
                .put("products", foldProducts)
                .put("energies", foldEnergies)
                .put("size", size)
                .put("penalties", penalties.length)
                .put("first", from)
                .put("count", count));
      }
      double[] each = errors.toHost().doubles();
      for (int i = 0; i < each.length; i++) {
        sums[i % sums.length] += each[i];
      }
    }
    return sums;
  }

  /**
   * Problems for the paths.
   *
   * @param penalties the problems' one after another, as many for each
   * @param lacking whether problem {@code n} lacks fold {@code first + n}; otherwise it is that of
   *     all rows
   */
  private KernelPathsBatch problems(
      Runtime.Scope scope,
      int first,
      int count,
      KernelBuffer scales,
      double[] penalties,
      boolean lacking) {
    int[] sizes = new int[count];
    int[] counts = new int[count];
    byte[] unpenalised = new byte[count * size];
    for (int n = 0; n < count; n++) {
      sizes[n] = size;
      counts[n] = penalties.length / count;
      for (int j = 0; j < size; j++) {
        unpenalised[n * size + j] = (byte) (free[j] ? 1 : 0);
      }
    }
    KernelPathsShape shape = new KernelPathsShape(sizes, counts);
    KernelBuffer matrices = scope.temporary(Element.F64, shape.elements());
    KernelBuffer vectors = scope.temporary(Element.F64, shape.columns());
    launchRows(
        "parity_regression_problems",
        shape.columns(),
        Arguments.of()
            .put("gram", matrices)
            .put("products", vectors)
            .put("total_gram", gram)
            .put("total_products", products)
            .put("fold_gram", foldGram)
            .put("fold_products", foldProducts)
            .put("scales", scales)
            .put("size", size)
            .put("first", first)
            .put("count", count)
            .put("lacking", lacking ? 1 : 0));
    return new KernelPathsBatch(
        runtime,
        shape,
        matrices,
        vectors,
        scope.in(HostBuffer.of(unpenalised)),
        scope.in(penalties));
  }

  private KernelBuffer unscaled(KernelBuffer path, KernelBuffer scales) {
    if (path.length() > 0) {
      long rows = path.length() / size;
      runtime.forItems(
          STEM,
          "parity_regression_unscale",
          path.length(),
          Arguments.of()
              .put("path", path)
              .put("scales", scales)
              .put("rows", rows)
              .put("size", size));
    }
    return path;
  }

  /** Starts a kernel of which a group takes a row of a matrix. */
  private void launchRows(String function, long rows, Arguments arguments) {
    Runtime.Kernel kernel = runtime.kernel(STEM, function, Map.of());
    int group = runtime.groupSize(kernel);
    runtime.launch(kernel, runtime.groups(rows * group, group), group, 0, arguments);
  }

  @Override
  public void close() {
    owned.forEach(Buffer::close);
    owned.clear();
  }
}
