package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.CodedRegression;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import java.util.Arrays;
import java.util.List;

/** One problem's transforms on a device. */
final class KernelCodedRegressionOutput implements CodedRegression.Output {
  private final Runtime runtime;
  private final Runtime.Scope scope;
  private final CodedBins bins;
  private final KernelBuffer transforms;
  private final long offset;
  private final KernelBuffer hashes;
  private final KernelBuffer signatures;
  private double[] squares;
  private Rest last;

  /** What terms leave of the transforms, and which terms. */
  private record Rest(Sets sets, double[] coefficients, KernelBuffer transforms) {
    private boolean of(Sets others, double[] theirs) {
      return others == sets && Arrays.equals(theirs, coefficients);
    }
  }

  /**
   * Opens a problem.
   *
   * @param offset where its transforms begin, in elements
   */
  KernelCodedRegressionOutput(Runtime runtime, CodedBins bins, Buffer transforms, long offset) {
    this.runtime = runtime;
    this.bins = bins;
    this.offset = offset;
    this.scope = runtime.scope();
    try {
      this.transforms = scope.in(transforms);
      KernelBuffer[] design =
          scope.in(HostBuffer.of(bins.hashes()), HostBuffer.of(bins.signatures()));
      this.hashes = design[0];
      this.signatures = design[1];
    } catch (OutOfDeviceMemoryException e) {
      scope.close();
      throw e;
    }
  }

  @Override
  public CodedBins bins() {
    return bins;
  }

  Runtime runtime() {
    return runtime;
  }

  /** What the transforms are made of. */
  Element element() {
    return transforms.element();
  }

  @Override
  public double[] singletonProducts(Sets sets, double[] coefficients) {
    forget();
    KernelBuffer rest = rest(sets, coefficients);
    last = new Rest(sets, coefficients.clone(), rest);
    try (Runtime.Scope temporary = runtime.scope()) {
      KernelBuffer products = temporary.temporary(Element.F64, bins.features());
      KernelCodedRegression.forItems(
          runtime,
          "coded_regression_singles",
          element(),
          bins.features(),
          Arguments.of()
              .put("products", products)
              .put("transforms", rest)
              .put("offset", 0L)
              .put("bins", hashes)
              .put("signatures", signatures)
              .put("groups", bins.groups())
              .put("delays", bins.delays())
              .put("points", bins.points())
              .put("terms", bins.features())
              .put("words", bins.words()));
      return products.toHost().doubles();
    }
  }

  @Override
  public Buffer residual(Sets sets, double[] coefficients) {
    if (last != null && last.of(sets, coefficients)) {
      KernelBuffer rest = last.transforms();
      last = null;
      return rest;
    }
    return rest(sets, coefficients);
  }

  /** Frees what is kept in case somebody asks for the residual of the same terms next. */
  private void forget() {
    if (last != null) {
      last.transforms().close();
      last = null;
    }
  }

  private KernelBuffer rest(Sets sets, double[] coefficients) {
    long size = (long) bins.groups() * bins.delays() * bins.points();
    KernelBuffer rest = runtime.allocate(element(), size);
    try (Runtime.Scope temporary = runtime.scope()) {
      int bytes = element().bytes();
      runtime.device().copy(transforms.memory(), offset * bytes, rest.memory(), 0, size * bytes);
      if (sets.size() > 0) {
        KernelCodedRegressionMembers members = new KernelCodedRegressionMembers(bins, sets);
        KernelBuffer[] in =
            temporary.in(
                HostBuffer.of(members.bins()),
                HostBuffer.of(members.members()),
                HostBuffer.of(bins.signatures(sets)),
                HostBuffer.of(coefficients));
        KernelCodedRegression.forItems(
            runtime,
            "coded_regression_subtract",
            element(),
            (long) bins.groups() * bins.delays() * sets.size(),
            Arguments.of()
                .put("transforms", rest)
                .put("bins", in[0])
                .put("members", in[1])
                .put("signatures", in[2])
                .put("coefficients", in[3])
                .put("groups", bins.groups())
                .put("delays", bins.delays())
                .put("points", bins.points())
                .put("terms", sets.size())
                .put("words", bins.words()));
      }
      return rest;
    } catch (OutOfDeviceMemoryException e) {
      rest.close();
      throw e;
    }
  }

  /** {@code Phi'y} of each delay: F64 {@code (delays, sets) row-major}. */
  void products(KernelBuffer products, KernelBuffer setBins, KernelBuffer setSignatures, int sets) {
    KernelCodedRegression.forItems(
        runtime,
        "coded_regression_products",
        element(),
        (long) bins.delays() * sets,
        Arguments.of()
            .put("products", products)
            .put("transforms", transforms)
            .put("offset", offset)
            .put("bins", setBins)
            .put("signatures", setSignatures)
            .put("groups", bins.groups())
            .put("delays", bins.delays())
            .put("points", bins.points())
            .put("terms", sets)
            .put("words", bins.words()));
  }

  /**
   * {@code y'y} of each delay; not a copy.
   *
   * @param scope keeps what is under way
   * @param fetches gets what has to arrive before they are right
   */
  double[] squares(Runtime.Scope scope, List<Device.Fetch> fetches) {
    if (squares == null) {
      KernelBuffer sums = scope.temporary(Element.F64, bins.delays());
      Runtime.Kernel kernel =
          KernelCodedRegression.kernel(runtime, "coded_regression_squares", element());
      runtime.launch(
          kernel,
          bins.delays(),
          runtime.groupSize(kernel),
          kernel.number("CODED_REGRESSION_LOCAL"),
          Arguments.of()
              .put("squares", sums)
              .put("transforms", transforms)
              .put("offset", offset)
              .put("groups", bins.groups())
              .put("delays", bins.delays())
              .put("points", bins.points()));
      squares = new double[bins.delays()];
      fetches.add(sums.fetch(0, HostBuffer.of(squares)));
    }
    return squares;
  }

  @Override
  public CodedRegression.Terms on(Sets sets, int[] foldOf, int folds) {
    // Fits take memory.
    forget();
    return new KernelCodedRegressionTerms(this, sets, foldOf, folds);
  }

  @Override
  public void close() {
    forget();
    scope.close();
  }
}
