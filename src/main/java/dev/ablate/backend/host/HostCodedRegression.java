package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.CodedRegression;
import java.util.Arrays;

/** Regression on coded samples on the host: coordinate descent on sparse Gram matrices. */
final class HostCodedRegression implements CodedRegression {
  private final HostPaths paths;

  HostCodedRegression(HostPaths paths) {
    this.paths = paths;
  }

  @Override
  public Output open(CodedBins bins, Buffer transforms, int problems, int problem) {
    int size = bins.groups() * bins.delays() * bins.points();
    if (transforms.length() != (long) problems * size) {
      throw new IllegalArgumentException(
          "a buffer of " + transforms.length() + " does not hold " + problems + " x " + size);
    }
    double[] all = transforms.toHost().doubles();
    double[] own = Arrays.copyOfRange(all, problem * size, (problem + 1) * size);
    return new HostCodedRegressionOutput(paths, bins, own);
  }
}
