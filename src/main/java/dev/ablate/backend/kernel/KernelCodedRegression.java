package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.CodedRegression;
import java.util.Map;

/** Regression on coded samples on a device: {@code kernels/coded_regression.cl}. */
final class KernelCodedRegression implements CodedRegression {
  static final String STEM = "coded_regression";

  private final Runtime runtime;

  KernelCodedRegression(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public Output open(CodedBins bins, Buffer transforms, int problems, int problem) {
    long size = (long) bins.groups() * bins.delays() * bins.points();
    if (transforms.length() != problems * size) {
      throw new IllegalArgumentException(
          "a buffer of " + transforms.length() + " does not hold " + problems + " x " + size);
    }
    return new KernelCodedRegressionOutput(runtime, bins, transforms, problem * size);
  }

  /** A kernel that reads transforms of an element type. */
  static Runtime.Kernel kernel(Runtime runtime, String function, Element element) {
    return runtime.kernel(
        STEM, function, element == Element.F64 ? Map.of("REAL_BITS", 64) : Map.of());
  }

  /** Starts a kernel that reads transforms over so many independent items. */
  static void forItems(
      Runtime runtime, String function, Element element, long items, Arguments arguments) {
    Runtime.Kernel kernel = kernel(runtime, function, element);
    int size = runtime.groupSize(kernel);
    runtime.launch(kernel, runtime.groups(items, size), size, 0, arguments);
  }
}
