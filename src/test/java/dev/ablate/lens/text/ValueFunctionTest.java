package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ValueFunctionTest {
  /** Logits of the probabilities 0.1, 0.2 and 0.7, after two numbers of somebody else. */
  private static final float[] LOGITS = {
    9, 9, (float) Math.log(0.1), (float) Math.log(0.2), (float) Math.log(0.7)
  };

  @Test
  void computesTheThreeValues() {
    assertEquals(0.2, ValueFunction.PROBABILITY.of(LOGITS, 2, 3, 1), 1e-7);
    assertEquals(Math.log(0.2 / 0.8), ValueFunction.LOG_ODDS.of(LOGITS, 2, 3, 1), 1e-6);
    assertEquals(Math.log(0.2), ValueFunction.LOGIT.of(LOGITS, 2, 3, 1), 1e-6);
  }

  @Test
  void aSingleLogitIsTheLogOdds() {
    float[] logits = {(float) Math.log(3)};
    assertEquals(Math.log(3), ValueFunction.LOG_ODDS.of(logits, 0, 1, 0), 1e-6);
    assertEquals(0.75, ValueFunction.PROBABILITY.of(logits, 0, 1, 0), 1e-7);
  }

  @Test
  void hugeLogitsStayFinite() {
    float[] logits = {-3e4f, 3e4f, 2e4f};
    assertEquals(1e4, ValueFunction.LOG_ODDS.of(logits, 0, 3, 1));
    assertEquals(-6e4, ValueFunction.LOG_ODDS.of(logits, 0, 3, 0));
    assertEquals(1, ValueFunction.PROBABILITY.of(logits, 0, 3, 1));
    assertEquals(0, ValueFunction.PROBABILITY.of(logits, 0, 3, 0));
  }

  @Test
  void isSpelledAsOnTheCommandLine() {
    assertEquals("log-odds", ValueFunction.LOG_ODDS.toString());
    assertEquals("sentence", Unit.SENTENCE.toString());
    assertEquals("unk", Ablation.UNK.toString());
  }
}
