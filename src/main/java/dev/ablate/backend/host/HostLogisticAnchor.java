package dev.ablate.backend.host;

import dev.ablate.backend.LogisticRegression.NoMinimumException;
import dev.ablate.backend.LogisticRegression.Problem;
import java.util.Arrays;

/** What every subset's search starts from: the fit of all rows, and how the loss bends there. */
public final class HostLogisticAnchor {
  /** Evaluations of the loss of all rows until its curvature is found anew. */
  private static final int EVALUATIONS_A_CURVATURE = 40;

  private static final int MOST_CURVATURES = 100;

  /** Subsets keep half of the rows, more or less. */
  private static final double SHARE = 0.5;

  private final HostDesignMatrix x;
  private final double[] start;
  private final HostSharedCurvature curvature;

  /**
   * Fits all rows.
   *
   * @throws NoMinimumException if that has no end
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted
   */
  public HostLogisticAnchor(Problem problem, Workers workers) {
    this.x = new HostDesignMatrix(problem.x(), problem.rows(), problem.columns());
    this.start = new double[problem.parameters()];
    fitAll(problem, workers);
    this.curvature = HostSharedCurvature.around(x, start, SHARE, problem.penalty(), workers);
  }

  private void fitAll(Problem problem, Workers workers) {
    HostLogisticLoss loss =
        new HostLogisticLoss(x, problem.labels(), problem.classes(), problem.penalty());
    HostQuasiNewton search = new HostQuasiNewton(loss.parameters(), x.width());
    int[] all = new int[problem.rows()];
    Arrays.setAll(all, r -> r);
    for (int round = 0; round < MOST_CURVATURES; round++) {
      HostSharedCurvature here =
          HostSharedCurvature.around(x, start, 1, problem.penalty(), workers);
      loss.keep(all);
      if (search.minimise(loss, here, start, problem.tolerance(), EVALUATIONS_A_CURVATURE)) {
        return;
      }
    }
    throw NoMinimumException.unfinished(NoMinimumException.ALL_ROWS);
  }

  /** All rows. */
  public HostDesignMatrix x() {
    return x;
  }

  /** {@code (classes, width) row-major}: the weights of the fit. */
  public double[] start() {
    return start;
  }

  HostSharedCurvature curvature() {
    return curvature;
  }

  /** {@code (classes, width, width) row-major}: an inverse curvature a class, symmetric. */
  public double[] inverses() {
    return curvature.inverses();
  }
}
