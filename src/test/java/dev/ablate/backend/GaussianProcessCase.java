package dev.ablate.backend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.GaussianProcess.Block;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.code.Philox;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
import org.ejml.simple.SimpleMatrix;

/** Random masks, values and priors, and what dense linear algebra of a library makes of them. */
final class GaussianProcessCase {
  /** Outputs of the values. */
  static final int OUTPUTS = 2;

  final int rows;
  final int features;
  final boolean shaped;
  final long[] words;
  final HostBuffer masks;
  final double[] values;
  final Philox.Stream random;

  final List<Prior> priors = new ArrayList<>();

  GaussianProcessCase(int rows, int features, boolean shaped) {
    this.rows = rows;
    this.features = features;
    this.shaped = shaped;
    this.random = Philox.stream(rows, features);
    int each = (features + 63) / 64;
    this.words = new long[rows * each];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < features; i++) {
        words[r * each + i / 64] |= (long) random.nextInt(2) << i;
      }
    }
    this.masks = HostBuffer.of(words);
    this.values = new double[rows * OUTPUTS];
    for (int v = 0; v < values.length; v++) {
      values[v] = 4 * random.nextDouble() - 2;
    }
    priors.add(prior(new Shape(0.3, 3, 0.8, 0.5)));
    priors.add(prior(new Shape(0.7, 1.5, -1.2, 0.9)));
    priors.add(prior(new Shape(0, 1, 0.5, 0)));
  }

  private Prior prior(Shape shape) {
    double[] decays = new double[features];
    for (int i = 0; i < features; i++) {
      decays[i] = (0.02 + random.nextDouble()) * Math.min(1, 8.0 / features);
    }
    return new Prior(
        decays,
        0.5 + random.nextDouble(),
        0.05 + 0.1 * random.nextDouble(),
        shaped ? shape : Shape.PRODUCT);
  }

  /** All rows; a part of them; one row: each with a prior of its own. */
  List<Block> blocks() {
    return List.of(
        new Block(0, rows, 0, priors.get(0)),
        new Block(rows / 3, rows - rows / 3, 1, priors.get(1)),
        new Block(rows - 1, 1, 0, priors.get(2)));
  }

  @Override
  public String toString() {
    return rows + " masks of " + features + " features" + (shaped ? ", shaped" : "");
  }

  Sets sets() {
    List<int[]> sets = new ArrayList<>();
    sets.add(new int[0]);
    for (int s = 0; s < 70; s++) {
      int order = 1 + random.nextInt(Math.min(4, features));
      sets.add(
          IntStream.generate(() -> random.nextInt(features))
              .distinct()
              .limit(order)
              .sorted()
              .toArray());
    }
    return Sets.of(sets);
  }

  boolean kept(int row, int feature) {
    return (words[row * ((features + 63) / 64) + feature / 64] >>> feature & 1) != 0;
  }

  SimpleMatrix parity(int[] set, int from, int count) {
    SimpleMatrix chi = new SimpleMatrix(count, 1);
    for (int r = 0; r < count; r++) {
      double sign = 1;
      for (int i : set) {
        sign = kept(from + r, i) ? -sign : sign;
      }
      chi.set(r, sign);
    }
    return chi;
  }

  SimpleMatrix column(int output, int from, int count) {
    SimpleMatrix y = new SimpleMatrix(count, 1);
    for (int r = 0; r < count; r++) {
      y.set(r, values[(from + r) * OUTPUTS + output]);
    }
    return y;
  }

  /** With the noise on the diagonal. */
  SimpleMatrix covariance(int from, int count, Prior prior) {
    SimpleMatrix matrix = new SimpleMatrix(count, count);
    for (int r = 0; r < count; r++) {
      for (int q = 0; q < count; q++) {
        double k = covariance(this, from + r, this, from + q, prior);
        matrix.set(r, q, k + (r == q ? prior.noise() : 0));
      }
    }
    return matrix;
  }

  double logLikelihood(Block block, Prior prior) {
    SimpleMatrix covariance = covariance(block.from(), block.count(), prior);
    SimpleMatrix y = column(block.output(), block.from(), block.count());
    double logDeterminant = 0;
    CholeskyDecomposition_F64<DMatrixRMaj> factor =
        DecompositionFactory_DDRM.chol(block.count(), true);
    assertTrue(factor.decompose(covariance.<DMatrixRMaj>getMatrix().copy()));
    DMatrixRMaj root = factor.getT(null);
    for (int r = 0; r < block.count(); r++) {
      logDeterminant += 2 * Math.log(root.get(r, r));
    }
    double form = y.transpose().mult(covariance.invert()).mult(y).get(0);
    return -0.5 * (form + logDeterminant + block.count() * Math.log(2 * Math.PI));
  }

  /** Without noise; products over the features and powers as in the definition. */
  static double covariance(
      GaussianProcessCase left, int r, GaussianProcessCase right, int q, Prior prior) {
    Shape shape = prior.shape();
    double smooth = prior.scale();
    double rough = prior.scale() * shape.rough();
    int both = 0;
    int apart = 0;
    for (int i = 0; i < left.features; i++) {
      boolean a = left.kept(r, i);
      boolean b = right.kept(q, i);
      double odd = (1 - Math.exp(-2 * prior.decays()[i])) / 2;
      smooth *= a == b ? 1 : 1 - 2 * odd;
      rough *= a == b ? 1 : Math.pow(1 - 2 * odd, shape.stretch());
      // 1 where both are kept, -1 where neither is.
      both += (a ? 1 : 0) + (b ? 1 : 0) - 1;
      apart += (a ? 1 : 0) - (b ? 1 : 0);
    }
    double tilted = Math.pow(Math.exp(shape.tilt() / left.features), both);
    double closer = Math.pow(Math.exp(-shape.closeness() / left.features), apart * apart);
    return (smooth + rough) * tilted * closer;
  }
}
