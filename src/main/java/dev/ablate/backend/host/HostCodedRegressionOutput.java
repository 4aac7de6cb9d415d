package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.CodedRegression;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import java.util.Arrays;

/** One output's transforms on the host. */
final class HostCodedRegressionOutput implements CodedRegression.Output {
  private final HostPaths paths;
  private final CodedBins bins;
  private final double[] transform;

  /**
   * One output's regression.
   *
   * @param transform {@code (groups, delays, 2^b) row-major}
   */
  HostCodedRegressionOutput(HostPaths paths, CodedBins bins, double[] transform) {
    this.paths = paths;
    this.bins = bins;
    this.transform = transform;
  }

  @Override
  public CodedBins bins() {
    return bins;
  }

  /** {@code y'y} of each delay. */
  double[] squares() {
    double[] squares = new double[bins.delays()];
    for (int c = 0; c < bins.groups(); c++) {
      for (int p = 0; p < bins.delays(); p++) {
        int row = (c * bins.delays() + p) * bins.points();
        for (int j = row; j < row + bins.points(); j++) {
          squares[p] += transform[j] * transform[j] * bins.points();
        }
      }
    }
    return squares;
  }

  /** {@code Phi'y} of each delay: {@code (delays)(sets)}. */
  double[][] products(Sets sets) {
    int[] at = bins.bins(sets);
    long[] signatures = bins.signatures(sets);
    double[][] products = new double[bins.delays()][sets.size()];
    for (int c = 0; c < bins.groups(); c++) {
      for (int p = 0; p < bins.delays(); p++) {
        int row = (c * bins.delays() + p) * bins.points();
        for (int s = 0; s < sets.size(); s++) {
          products[p][s] +=
              sign(signatures, s * bins.words(), p)
                  * transform[row + at[c * sets.size() + s]]
                  * bins.points();
        }
      }
    }
    return products;
  }

  @Override
  public double[] singletonProducts(Sets sets, double[] coefficients) {
    double[] rest = rest(sets, coefficients);
    double[] products = new double[bins.features()];
    for (int c = 0; c < bins.groups(); c++) {
      for (int p = 0; p < bins.delays(); p++) {
        int row = (c * bins.delays() + p) * bins.points();
        for (int i = 0; i < products.length; i++) {
          products[i] +=
              sign(bins.signatures(), i * bins.words(), p)
                  * rest[row + bins.hash(c, i)]
                  * bins.points();
        }
      }
    }
    return products;
  }

  private static double sign(long[] signatures, int word, int delay) {
    return 1 - 2 * (int) (signatures[word + (delay >>> 6)] >>> delay & 1);
  }

  @Override
  public Buffer residual(Sets sets, double[] coefficients) {
    return HostBuffer.of(rest(sets, coefficients));
  }

  private double[] rest(Sets sets, double[] coefficients) {
    int[] at = bins.bins(sets);
    long[] signatures = bins.signatures(sets);
    double[] residual = Arrays.copyOf(transform, transform.length);
    for (int s = 0; s < sets.size(); s++) {
      for (int c = 0; c < bins.groups(); c++) {
        int bin = at[c * sets.size() + s];
        for (int p = 0; p < bins.delays() && coefficients[s] != 0; p++) {
          residual[(c * bins.delays() + p) * bins.points() + bin] -=
              sign(signatures, s * bins.words(), p) * coefficients[s];
        }
      }
    }
    return residual;
  }

  @Override
  public CodedRegression.Terms on(Sets sets, int[] foldOf, int folds) {
    return new HostCodedRegressionTerms(paths, this, sets, foldOf, folds);
  }

  @Override
  public void close() {
    // The garbage collector frees heap arrays.
  }
}
