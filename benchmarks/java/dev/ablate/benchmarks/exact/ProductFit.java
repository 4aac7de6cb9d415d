package dev.ablate.benchmarks.exact;

import dev.ablate.Ablate;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.Output;
import dev.ablate.mask.Masks;
import java.util.Arrays;

/** A fit by the product as its users get it: nothing is set but the index and the budget. */
public final class ProductFit implements Fitted {
  private final int features;
  private final Output output;

  private ProductFit(int features, Explanation explanation) {
    this.features = features;
    this.output = explanation.outputs().get(0);
  }

  /**
   * Fits a game.
   *
   * @throws InputException if the product refuses the budget
   */
  public static ProductFit of(Ablate engine, EvaluatedSet set, int game, Family family, int masks) {
    return new ProductFit(
        set.features(),
        engine
            .request()
            .game(set.game(game))
            .index(family.index().label(), Family.ORDER)
            .budget(masks)
            .testMasks(0)
            .seed(game)
            .explain());
  }

  @Override
  public Estimate index(Asked asked) {
    int[] sets = SmallSets.of(features, asked.order());
    int[] position = SmallSets.positions(features, sets);
    double[] values = new double[sets.length];
    double[] errors = new double[sets.length];
    Arrays.fill(errors, Double.NaN);
    Interactions found = output.interactions(asked.index(), asked.order());
    for (Interaction one : found.values()) {
      int at = position[SmallSets.bits(one.features())];
      if (at >= 0) {
        values[at] = one.value();
        errors[at] = one.standardError() == null ? Double.NaN : one.standardError();
      }
    }
    return new Estimate(values, errors);
  }

  @Override
  public double[] predictions() {
    return output.predict(Masks.exhaustive(features));
  }

  @Override
  public String ran() {
    return output.method().ran();
  }
}
