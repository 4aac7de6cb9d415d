package dev.ablate.lens.data;

import dev.ablate.backend.Backend;
import dev.ablate.backend.host.Workers;
import dev.ablate.code.InputException;
import dev.ablate.setting.Settings;
import dev.ablate.train.BoostingLearner;
import dev.ablate.train.Learner;
import dev.ablate.train.LearnerSettings;
import dev.ablate.train.LogisticLearner;
import dev.ablate.train.NeighboursLearner;
import dev.ablate.train.PerceptronLearner;
import dev.ablate.train.RidgeLearner;
import dev.ablate.train.TrainingTask;

/** The learners that come with the program. */
public enum LearnerKind {
  /** Ridge regression, on ones and zeros for classes. */
  RIDGE("ridge", ScoreKind.TARGETS) {
    @Override
    Learner open(TrainingTask task, Settings given, Workers workers, Backend backend) {
      return new RidgeLearner(task, given.get(LearnerSettings.PENALTY), workers);
    }
  },
  /** Multinomial logistic regression. */
  LOGISTIC("logistic", ScoreKind.LOGITS) {
    @Override
    Learner open(TrainingTask task, Settings given, Workers workers, Backend backend) {
      requireClasses(task);
      return new LogisticLearner(task, given.get(LearnerSettings.PENALTY), backend);
    }
  },
  /** The nearest neighbours. */
  NEIGHBOURS("knn", ScoreKind.SHARES) {
    @Override
    Learner open(TrainingTask task, Settings given, Workers workers, Backend backend) {
      int neighbours = given.get(LearnerSettings.NEIGHBOURS).intValue();
      return new NeighboursLearner(task, neighbours, workers);
    }
  },
  /** Gradient-boosted trees, on ones and zeros for classes. */
  BOOSTING("boosting", ScoreKind.TARGETS) {
    @Override
    Learner open(TrainingTask task, Settings given, Workers workers, Backend backend) {
      return new BoostingLearner(
          task, LearnerSettings.boosting(given), BoostingLearner.THRESHOLDS, backend);
    }
  },
  /** A perceptron of one hidden layer. */
  PERCEPTRON("mlp", ScoreKind.LOGITS) {
    @Override
    Learner open(TrainingTask task, Settings given, Workers workers, Backend backend) {
      return new PerceptronLearner(task, LearnerSettings.perceptron(given), workers);
    }
  };

  private final String word;
  private final ScoreKind scores;

  LearnerKind(String word, ScoreKind scores) {
    this.word = word;
    this.scores = scores;
  }

  /** What the scores of its models are. */
  ScoreKind scores() {
    return scores;
  }

  /**
   * A learner of a training set.
   *
   * @param workers threads that train
   * @param backend for learners that work on one
   */
  abstract Learner open(TrainingTask task, Settings given, Workers workers, Backend backend);

  private static void requireClasses(TrainingTask task) {
    if (task.train().isRegression()) {
      throw new InputException(
          DataSettings.LEARNER
              + " logistic is of classes, and the labels are targets; use ridge, or give "
              + DataSettings.TASK
              + " classification");
    }
  }

  /** As on the command line. */
  @Override
  public String toString() {
    return word;
  }
}
