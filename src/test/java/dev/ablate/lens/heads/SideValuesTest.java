package dev.ablate.lens.heads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.lens.text.Answer;
import dev.ablate.model.LabelKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values of examples against their definitions. */
class SideValuesTest {
  private static double label(HeadValue value, LabelKind kind, int label, float... logits) {
    return new LabelSide("", new int[] {1}, "a", label, kind, value).value(new float[][] {logits});
  }

  private static double answer(HeadValue value, float[]... logs) {
    Answer two = new Answer("b c", new int[] {2, 3}, List.of("b", "c"));
    return new AnswerSide("", new int[] {1}, two, two, value).value(logs);
  }

  /** Accuracy without another answer, of tokens that are the likeliest, 1, or not, 0. */
  private static double alone(float... hits) {
    Answer two = new Answer("b c", new int[] {2, 3}, List.of("b", "c"));
    AnswerSide side = new AnswerSide("", new int[] {1}, two, null, HeadValue.ACCURACY);
    assertTrue(side.asksLikeliest());
    return side.value(new float[][] {hits});
  }

  @Test
  void labelsThatExcludeEachOther() {
    float[] logits = {(float) Math.log(0.2), (float) Math.log(0.5), (float) Math.log(0.3)};
    LabelKind kind = LabelKind.EXCLUSIVE;
    assertEquals(Math.log(0.2 / 0.8), label(HeadValue.LOG_ODDS, kind, 0, logits), 1e-6);
    assertEquals(Math.log(0.2), label(HeadValue.LOG_PROBABILITY, kind, 0, logits), 1e-6);
    assertEquals(-Math.log(0.5), label(HeadValue.LOSS, kind, 1, logits), 1e-6);
    assertEquals(Math.log(0.3), label(HeadValue.LOGIT, kind, 2, logits), 1e-6);
    assertEquals(1, label(HeadValue.ACCURACY, kind, 1, logits));
    assertEquals(0, label(HeadValue.ACCURACY, kind, 2, logits));
    assertEquals(0, label(HeadValue.ACCURACY, kind, 0, 1, 1), "a tie is no answer");
  }

  @Test
  void labelsOfTheirOwn() {
    LabelKind kind = LabelKind.INDEPENDENT;
    float odds = (float) Math.log(3);
    assertEquals(odds, label(HeadValue.LOG_ODDS, kind, 1, 5, odds), 1e-6);
    assertEquals(Math.log(0.75), label(HeadValue.LOG_PROBABILITY, kind, 1, 5, odds), 1e-6);
    assertEquals(1, label(HeadValue.ACCURACY, kind, 1, 5, odds));
    assertEquals(0, label(HeadValue.ACCURACY, kind, 1, 5, -odds));
  }

  @Test
  void lossesOfSureModelsAreFinite() {
    LabelKind kind = LabelKind.EXCLUSIVE;
    assertEquals(2e4, label(HeadValue.LOSS, kind, 0, -1e4f, 1e4f), 1e-6);
    assertEquals(0, label(HeadValue.LOSS, kind, 1, -1e4f, 1e4f), 1e-6);
  }

  @Test
  void answers() {
    float[] own = {-1, -2};
    float[] other = {-2, -3};
    assertEquals(-1.5, answer(HeadValue.LOG_PROBABILITY, own));
    assertEquals(1.5, answer(HeadValue.LOSS, own));
    assertEquals(2, answer(HeadValue.LOG_ODDS, own, other));
    assertEquals(1, answer(HeadValue.ACCURACY, own, other));
    assertEquals(0, answer(HeadValue.ACCURACY, other, own));
    assertEquals(1, alone(1, 1));
    assertEquals(0, alone(1, 0));
  }
}
