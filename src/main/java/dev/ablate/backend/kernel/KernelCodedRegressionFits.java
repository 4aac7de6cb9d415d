package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import java.util.List;

/** Fits of one launch: what each is to do, and room for what comes of it. */
final class KernelCodedRegressionFits implements AutoCloseable {
  private static final KernelMacros SOURCE = KernelMacros.of(KernelCodedRegression.STEM);
  private static final int WHICH = SOURCE.constant("FIT_WHICH");
  private static final int AIMS = SOURCE.constant("FIT_AIMS");
  private static final int RESULTS = SOURCE.constant("FIT_RESULTS");

  private final Runtime runtime;
  private final int count;
  private final int[] which;
  private final double[] aims;
  private final Runtime.Scope scope;
  private final KernelBuffer lasso;
  private final KernelBuffer relaxed;
  private final KernelBuffer results;
  private double[] read;

  /**
   * Room for fits.
   *
   * @throws OutOfDeviceMemoryException if there is none
   */
  KernelCodedRegressionFits(Runtime runtime, int count, int terms) {
    this.runtime = runtime;
    this.count = count;
    this.which = new int[count * WHICH];
    this.aims = new double[count * AIMS];
    this.scope = runtime.scope();
    try {
      this.lasso = scope.temporary(Element.F64, (long) count * terms);
      this.relaxed = scope.temporary(Element.F64, (long) count * terms);
      this.results = scope.temporary(Element.F64, (long) count * RESULTS);
    } catch (OutOfDeviceMemoryException e) {
      scope.close();
      throw e;
    }
  }

  /**
   * Which rows a fit sees and is tested on.
   *
   * @param train the mask of delays to fit on
   * @param test the mask of delays to test on, or -1
   * @param begun whether it starts at given weights
   */
  void rows(int fit, int train, int test, boolean begun) {
    which[fit * WHICH] = train;
    which[fit * WHICH + 1] = test;
    which[fit * WHICH + 2] = begun ? 1 : 0;
  }

  /**
   * What a fit minimises first.
   *
   * @param slack how far products may miss their conditions; negative for no such fit
   */
  void first(int fit, double lassoPenalty, double ridgePenalty, double slack) {
    aims[fit * AIMS] = lassoPenalty;
    aims[fit * AIMS + 1] = ridgePenalty;
    aims[fit * AIMS + 2] = slack;
  }

  /**
   * Least squares on the support of the first fit.
   *
   * @param slack how far products may miss 0; negative for no such fit
   * @param most largest support for which it is done
   */
  void second(int fit, double slack, double most) {
    aims[fit * AIMS + 3] = slack;
    aims[fit * AIMS + 4] = most;
  }

  int count() {
    return count;
  }

  /** What the fits are to do: {@code (fits, 3)} rows and {@code (fits, 5)} aims. */
  HostBuffer[] asked() {
    return new HostBuffer[] {HostBuffer.of(which), HostBuffer.of(aims)};
  }

  /** {@code (fits, terms) row-major} the weights of the first fits. */
  KernelBuffer lasso() {
    return lasso;
  }

  /** {@code (fits, terms) row-major} the weights of the second fits, of the first where none is. */
  KernelBuffer relaxed() {
    return relaxed;
  }

  KernelBuffer results() {
    return results;
  }

  /** The error of a first fit less {@code y'y}. */
  double lassoError(int fit) {
    return result(fit * RESULTS);
  }

  /** The error of a second fit less {@code y'y}, NaN without one. */
  double relaxedError(int fit) {
    return result(fit * RESULTS + 1);
  }

  private double result(int at) {
    if (read == null) {
      runtime.device().read(List.of(fetchResults()));
    }
    return read[at];
  }

  /** Brings the errors to the host, together with something else. */
  Device.Fetch fetchResults() {
    read = new double[count * RESULTS];
    return results.fetch(0, HostBuffer.of(read));
  }

  @Override
  public void close() {
    scope.close();
  }
}
