package dev.ablate.train;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Boosting;
import dev.ablate.backend.Forest;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Trees;
import dev.ablate.mask.Masks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * Gradient-boosted trees by squared error: a run for the target of a regression, or for whether a
 * row is of a class, a run each. Trees split where a column is above a threshold; the thresholds
 * come from all training rows and are the same for every subset. Nothing is drawn, so that a subset
 * has the same scores, bit for bit, whatever is trained beside it. A model of no rows gives 0.
 */
public final class BoostingLearner implements Learner {
  /** Shallow trees that small subsets can grow too. */
  public static final Boosting.Settings STANDARD = new Boosting.Settings(4, 16, 5, 50, 0.1, 0);

  /** Most thresholds a column. */
  public static final int THRESHOLDS = 15;

  /** So many subsets at a time: each is told soon, and all cores have work. */
  private static final int AT_ONCE = Math.max(16, 4 * Runtime.getRuntime().availableProcessors());

  private final Backend backend;
  private final Boosting.Settings settings;
  private final int thresholds;
  private final Groups groups;
  private final int scores;
  private final Masks training;
  private final Masks test;
  private final double[] targets;

  /**
   * A learner of one training set.
   *
   * @param settings how trees grow; patience must be 0, for there are no validation rows
   * @param thresholds most thresholds a column, at least 1
   * @param backend grows the trees and must stay open
   */
  public BoostingLearner(
      TrainingTask task, Boosting.Settings settings, int thresholds, Backend backend) {
    this.backend = backend;
    this.settings = settings;
    this.thresholds = thresholds;
    this.groups = task.groups();
    this.scores = task.scores();
    Thresholds bits = Thresholds.of(task.train(), thresholds);
    this.training = bits.bits(task.train());
    this.test = bits.bits(task.test());
    this.targets = targets(task.train(), scores);
  }

  /** {@code (rows, scores)}: the targets, or 1 for the class of a row and 0 for the others. */
  private static double[] targets(LabelledRows train, int scores) {
    if (train.isRegression()) {
      return train.y().clone();
    }
    double[] targets = new double[train.rows() * scores];
    for (int r = 0; r < train.rows(); r++) {
      targets[r * scores + train.label(r)] = 1;
    }
    return targets;
  }

  @Override
  public int scores() {
    return scores;
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("learner", "boosting");
    all.put("trees", settings.trees());
    all.put("depth", settings.depth());
    all.put("leaves", settings.leaves());
    all.put("min_leaf", settings.minLeaf());
    all.put("rate", settings.rate());
    all.put("thresholds", thresholds);
    return all;
  }

  @Override
  public void train(Masks kept, Sink sink) {
    for (int from = 0; from < kept.count(); from += AT_ONCE) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("interrupted");
      }
      train(kept, from, Math.min(kept.count(), from + AT_ONCE), sink);
    }
  }

  private void train(Masks kept, int from, int to, Sink sink) {
    long[] nothing = new long[Masks.words(training.count())];
    List<Boosting.Run> runs = new ArrayList<>();
    for (int subset = from; subset < to; subset++) {
      long[] rows = new long[nothing.length];
      for (int row : groups.kept(kept, subset)) {
        rows[row >>> 6] |= 1L << row;
      }
      for (int score = 0; score < scores; score++) {
        runs.add(new Boosting.Run(settings, rows, nothing, score));
      }
    }
    List<Boosting.Fitted> fitted =
        backend
            .boosting()
            .fit(
                training.buffer(),
                training.count(),
                training.features(),
                HostBuffer.of(targets),
                scores,
                runs);
    double[] said = new double[test.count() * scores];
    for (int subset = from; subset < to; subset++) {
      for (int score = 0; score < scores; score++) {
        try (Trees trees = fitted.get((subset - from) * scores + score).forest()) {
          predict(trees.toHost(), said, score);
        }
      }
      sink.scores(subset, said);
    }
  }

  private void predict(Forest forest, double[] said, int score) {
    long[] bits = test.hostWords();
    for (int r = 0; r < test.count(); r++) {
      double sum = forest.base();
      for (int root : forest.roots()) {
        int node = root;
        while (forest.feature()[node] >= 0) {
          int on = forest.feature()[node];
          boolean above = (bits[r * test.words() + (on >>> 6)] >>> on & 1) != 0;
          node = above ? forest.right()[node] : forest.left()[node];
        }
        sum += forest.value()[node];
      }
      said[r * scores + score] = sum;
    }
  }
}
