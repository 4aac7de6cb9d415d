package dev.ablate.train;

import dev.ablate.backend.host.HostDesignMatrix;
import dev.ablate.backend.host.Workers;
import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Nearest neighbours: the nearest kept training rows by Euclidean distance, equally far ones in the
 * order of rows. A class scores its share of them, a regression their mean target. Fewer kept rows
 * than neighbours all vote; nothing kept gives scores of 0.
 *
 * <p>Nothing is trained: all training rows are sorted once for every test row, and a subset walks
 * along its kept ones.
 */
public final class NeighboursLearner implements Learner {
  /** Most places of neighbours that are remembered, four bytes each. */
  private static final long MOST = 1L << 28;

  private final TrainingTask task;
  private final int neighbours;
  private final Workers workers;

  /** {@code (test rows, training rows)} from near to far. */
  private final int[][] order;

  /**
   * Sorts the training rows. Takes them as they are: whoever wants them standardised does it
   * before.
   *
   * @param neighbours {@link LearnerSettings#NEIGHBOURS}
   * @param workers the threads that train
   * @throws InputException if there are too many rows
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted
   */
  public NeighboursLearner(TrainingTask task, int neighbours, Workers workers) {
    this.task = task;
    this.neighbours = (int) (long) LearnerSettings.NEIGHBOURS.check((long) neighbours);
    this.workers = workers;
    long places = (long) task.train().rows() * task.test().rows();
    if (places > MOST) {
      throw new InputException(
          "nearest neighbours: "
              + task.train().rows()
              + " training rows times "
              + task.test().rows()
              + " test rows is more than "
              + MOST
              + ": take fewer test rows");
    }
    this.order = new int[task.test().rows()][];
    HostDesignMatrix x = task.train().matrix();
    workers.forEachUntilInterrupted(order.length, t -> order[t] = nearestFirst(x, t));
  }

  private int[] nearestFirst(HostDesignMatrix x, int test) {
    int columns = task.test().columns();
    double[] squares = new double[x.rows.length];
    for (int j = 0; j < columns; j++) {
      double[] column = x.columns[j];
      double at = task.test().x()[test * columns + j];
      for (int r = 0; r < squares.length; r++) {
        double from = column[r] - at;
        squares[r] += from * from;
      }
    }
    // The sort is stable.
    return IntStream.range(0, squares.length)
        .boxed()
        .sorted((a, b) -> Double.compare(squares[a], squares[b]))
        .mapToInt(r -> r)
        .toArray();
  }

  @Override
  public int scores() {
    return task.scores();
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("learner", "knn");
    all.put(LearnerSettings.NEIGHBOURS.name(), (long) neighbours);
    return all;
  }

  @Override
  public void train(Masks kept, Sink sink) {
    Retrainings.each(
        workers,
        kept,
        task.groups(),
        Memory::new,
        (memory, subset, rows) -> {
          memory.keep(rows);
          for (int t = 0; t < order.length; t++) {
            memory.ask(t, Math.min(neighbours, rows.length));
          }
          sink.scores(subset, memory.scores);
        });
  }

  /** What one thread needs. */
  private final class Memory {
    final boolean[] kept = new boolean[task.train().rows()];
    final double[] scores = new double[order.length * scores()];

    void keep(int[] rows) {
      Arrays.fill(kept, false);
      for (int r : rows) {
        kept[r] = true;
      }
      Arrays.fill(scores, 0);
    }

    void ask(int test, int votes) {
      int given = 0;
      int first = test * scores();
      for (int at = 0; given < votes; at++) {
        int row = order[test][at];
        if (kept[row]) {
          given++;
          if (task.train().isRegression()) {
            scores[first] += task.train().y()[row];
          } else {
            scores[first + task.train().label(row)]++;
          }
        }
      }
      for (int k = first; k < first + scores() && votes > 0; k++) {
        scores[k] /= votes;
      }
    }
  }
}
