package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.model.LabelKind;
import dev.ablate.model.ResidentNetwork;
import dev.ablate.model.TextClassifier;
import java.util.Arrays;
import java.util.List;

/**
 * Labels of a classifier.
 *
 * @param kind one of the values that a label has
 * @param model the classifier
 * @param targets the labels, one output each
 */
record LabelMeasure(ValueFunction kind, TextClassifier model, int[] targets) implements Measure {
  @Override
  public String value() {
    return kind.toString();
  }

  @Override
  public List<String> outputs() {
    return Arrays.stream(targets).mapToObj(model.labels()::get).toList();
  }

  @Override
  public ResidentNetwork network() {
    return model.scorer().resident();
  }

  @Override
  public ResidentMeasure resident() {
    boolean exclusive = model.labelKind() == LabelKind.EXCLUSIVE;
    return new ResidentLabels(network().backend(), network().layout(), kind, exclusive, targets);
  }

  @Override
  public double[][] of(int[][] rows) {
    TokenMatrix tokens = TokenMatrix.of(rows);
    int labels = model.labels().size();
    float[] logits = new float[rows.length * labels];
    model.scorer().score(tokens.ids(), tokens.lengths(), rows.length, tokens.width(), logits);
    double[][] values = new double[rows.length][targets.length];
    for (int r = 0; r < rows.length; r++) {
      requireFinite(logits, r);
      for (int o = 0; o < targets.length; o++) {
        values[r][o] = value(logits, r * labels, targets[o]);
      }
    }
    return values;
  }

  private void requireFinite(float[] logits, int row) {
    int labels = model.labels().size();
    for (int k = 0; k < labels; k++) {
      float logit = logits[row * labels + k];
      if (!Float.isFinite(logit)) {
        String label = Characters.line(model.labels().get(k));
        throw new NotFinite(row, "gives " + label + " the logit " + logit);
      }
    }
  }

  /** A label that excludes no other has a model of its own, with a single logit. */
  private double value(float[] logits, int from, int label) {
    return model.labelKind() == LabelKind.EXCLUSIVE
        ? kind.of(logits, from, model.labels().size(), label)
        : kind.of(logits, from + label, 1, 0);
  }
}
