package dev.ablate.lens.heads;

import dev.ablate.lens.text.ValueFunction;
import dev.ablate.model.LabelKind;
import java.util.Arrays;
import java.util.List;

/**
 * A text under a classifier.
 *
 * @param title the beginning of the text
 * @param ids its tokens
 * @param target the label
 * @param label its number
 * @param kind how it relates to the others
 * @param value what is asked of it
 */
record LabelSide(String title, int[] ids, String target, int label, LabelKind kind, HeadValue value)
    implements Side {
  @Override
  public List<int[]> rows() {
    return List.of(ids);
  }

  @Override
  public int[] asked() {
    return new int[1];
  }

  @Override
  public boolean asksLikeliest() {
    return false;
  }

  @Override
  public double value(float[][] given) {
    float[] logits = given[0];
    double odds = of(ValueFunction.LOG_ODDS, logits);
    return switch (value) {
      case LOG_ODDS -> odds;
      case LOG_PROBABILITY -> -loss(odds);
      case LOSS -> loss(odds);
      case ACCURACY -> isRight(logits) ? 1 : 0;
      case LOGIT -> of(ValueFunction.LOGIT, logits);
    };
  }

  /** A label that excludes no other is a question of its own, with a single logit. */
  private double of(ValueFunction function, float[] logits) {
    return kind == LabelKind.EXCLUSIVE
        ? function.of(logits, 0, logits.length, label)
        : function.of(logits, label, 1, 0);
  }

  /** Minus the logarithm of the probability whose log-odds these are, without overflow. */
  private static double loss(double odds) {
    return odds > 0 ? Math.log1p(Math.exp(-odds)) : Math.log1p(Math.exp(odds)) - odds;
  }

  private boolean isRight(float[] logits) {
    if (kind != LabelKind.EXCLUSIVE || logits.length == 1) {
      return logits[label] > 0;
    }
    for (int k = 0; k < logits.length; k++) {
      if (k != label && logits[k] >= logits[label]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String content() {
    return Arrays.toString(ids) + label;
  }
}
