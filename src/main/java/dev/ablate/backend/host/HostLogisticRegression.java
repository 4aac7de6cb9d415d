package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.LogisticRegression;
import java.util.Arrays;

/**
 * Logistic regressions on all cores: a subset is trained by one thread from beginning to end. Its
 * search starts at the fit of all rows, with steps by the curvature there.
 */
public final class HostLogisticRegression implements LogisticRegression {
  private final Workers workers;

  /** The operation on some threads. */
  public HostLogisticRegression(Workers workers) {
    this.workers = workers;
  }

  @Override
  public Trainer open(Problem problem, double[] tests, int count) {
    HostDesignMatrix asked = new HostDesignMatrix(tests, count, problem.columns());
    return new HostTrainer(problem, new HostLogisticAnchor(problem, workers), asked);
  }

  private final class HostTrainer implements Trainer {
    private final Problem problem;
    private final HostLogisticAnchor anchor;
    private final HostDesignMatrix tests;

    HostTrainer(Problem problem, HostLogisticAnchor anchor, HostDesignMatrix tests) {
      this.problem = problem;
      this.anchor = anchor;
      this.tests = tests;
    }

    @Override
    public void train(Buffer kept, int subsets, Sink sink) {
      long[] masks = kept.toHost().words();
      workers.forEachUntilInterrupted(
          subsets,
          Memory::new,
          (memory, subset) -> {
            memory.train(masks, subset);
            tests.times(memory.weights, problem.classes(), memory.scores, memory.line);
            sink.scores(subset, memory.scores);
          });
    }

    @Override
    public void close() {}

    /** What one thread needs. */
    private final class Memory {
      final HostLogisticLoss loss =
          new HostLogisticLoss(anchor.x(), problem.labels(), problem.classes(), problem.penalty());
      final HostQuasiNewton search = new HostQuasiNewton(loss.parameters(), anchor.x().width());
      final double[] weights = new double[loss.parameters()];
      final double[] scores = new double[tests.rows.length * problem.classes()];
      final double[] line = new double[tests.rows.length];

      void train(long[] masks, int subset) {
        int[] rows = rows(masks, subset);
        if (rows.length == 0) {
          Arrays.fill(weights, 0);
          return;
        }
        System.arraycopy(anchor.start(), 0, weights, 0, weights.length);
        loss.keep(rows);
        double tolerance = problem.tolerance();
        if (!search.minimise(loss, anchor.curvature(), weights, tolerance, MOST_EVALUATIONS)) {
          throw NoMinimumException.unfinished(subset);
        }
      }

      /** The kept rows, ascending. */
      private int[] rows(long[] masks, int subset) {
        int[] groupOf = problem.groupOf();
        int first = subset * ((problem.groups() + 63) / 64);
        int[] rows = new int[groupOf.length];
        int count = 0;
        for (int r = 0; r < groupOf.length; r++) {
          if ((masks[first + (groupOf[r] >>> 6)] >>> groupOf[r] & 1) != 0) {
            rows[count++] = r;
          }
        }
        return Arrays.copyOf(rows, count);
      }
    }
  }
}
