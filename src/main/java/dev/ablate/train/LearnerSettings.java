package dev.ablate.train;

import dev.ablate.backend.Boosting;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.List;

/** What a user may set about learners. */
public final class LearnerSettings {
  /** How strongly linear models are drawn to weights of 0. */
  public static final Setting<Double> PENALTY =
      Setting.of(
              "penalty",
              "L",
              new Kind.Decimal(0, 1e12, true),
              "weight of the squared weights of ridge and logistic regression, on top of the"
                  + " summed loss")
          .standard(1.0);

  /** Neighbours that vote. */
  public static final Setting<Long> NEIGHBOURS =
      Setting.of(
              "neighbours", "K", new Kind.Whole(1, 1_000_000), "how many nearest neighbours vote")
          .standard(5L);

  /** Trees of boosting. */
  public static final Setting<Long> TREES =
      Setting.of("trees", "N", new Kind.Whole(1, 100_000), "trees that boosting grows, a class")
          .standard((long) BoostingLearner.STANDARD.trees());

  /** How deep they are. */
  public static final Setting<Long> DEPTH =
      Setting.of("depth", "D", new Kind.Whole(1, 10), "deepest that a tree of boosting grows")
          .standard((long) BoostingLearner.STANDARD.depth());

  /** Units of a perceptron. */
  public static final Setting<Long> HIDDEN =
      Setting.of("hidden", "N", new Kind.Whole(1, 65_536), "hidden units of a perceptron")
          .standard((long) PerceptronLearner.STANDARD.hidden());

  /** How long a perceptron trains. */
  public static final Setting<Long> EPOCHS =
      Setting.of("epochs", "N", new Kind.Whole(1, 1_000_000), "how often a perceptron sees a row")
          .standard((long) PerceptronLearner.STANDARD.epochs());

  /** How far a step goes. */
  public static final Setting<Double> RATE =
      Setting.of(
              "learning-rate",
              "R",
              new Kind.Decimal(0, 10, true),
              "how far a tree of boosting, or a step of a perceptron, goes")
          .otherwise(
              BoostingLearner.STANDARD.rate()
                  + " of boosting, "
                  + PerceptronLearner.STANDARD.rate()
                  + " of a perceptron");

  /** All of them. */
  public static final List<Setting<?>> ALL =
      List.of(PENALTY, NEIGHBOURS, TREES, DEPTH, HIDDEN, EPOCHS, RATE);

  private LearnerSettings() {}

  /** How trees of boosting grow; a tree may fill its depth. */
  public static Boosting.Settings boosting(Settings given) {
    Boosting.Settings standard = BoostingLearner.STANDARD;
    int depth = given.get(DEPTH).intValue();
    Double rate = given.get(RATE);
    return new Boosting.Settings(
        depth,
        1 << depth,
        standard.minLeaf(),
        given.get(TREES).intValue(),
        rate == null ? standard.rate() : rate,
        standard.patience());
  }

  /** How a perceptron is trained. */
  public static PerceptronLearner.Settings perceptron(Settings given) {
    PerceptronLearner.Settings standard = PerceptronLearner.STANDARD;
    Double rate = given.get(RATE);
    return new PerceptronLearner.Settings(
        given.get(HIDDEN).intValue(),
        given.get(EPOCHS).intValue(),
        standard.batch(),
        rate == null ? standard.rate() : rate,
        standard.momentum(),
        standard.decay(),
        standard.seed());
  }
}
