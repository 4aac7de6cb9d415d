package dev.ablate.train;

import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;

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

  private LearnerSettings() {}
}
