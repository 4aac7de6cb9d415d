package dev.ablate.lens.data;

import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.List;

/** The learners that come with the program. */
public enum LearnerKind {
  /** Ridge regression, on ones and zeros for classes. */
  RIDGE("ridge", ScoreKind.TARGETS),
  /** Multinomial logistic regression. */
  LOGISTIC("logistic", ScoreKind.LOGITS),
  /** The nearest neighbours. */
  NEIGHBOURS("knn", ScoreKind.SHARES),
  /** Gradient-boosted trees, on ones and zeros for classes. */
  BOOSTING("boosting", ScoreKind.TARGETS),
  /** A perceptron of one hidden layer. */
  PERCEPTRON("mlp", ScoreKind.LOGITS);

  private final String word;
  private final ScoreKind scores;

  LearnerKind(String word, ScoreKind scores) {
    this.word = word;
    this.scores = scores;
  }

  /** What the scores of its models are. */
  public ScoreKind scores() {
    return scores;
  }

  /** As on the command line. */
  @Override
  public String toString() {
    return word;
  }
}
