package dev.ablate.lens.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values by their formulas. */
class RowValueTest {
  /** Of two rows of three scores; the second row counts. */
  private static final double[] SCORES = {9, 9, 9, 0.2, 0.7, 0.1};

  private static double of(DataValue value, ScoreKind kind) {
    return RowValue.of(value, kind, 3).of(SCORES, 3, 1);
  }

  @Test
  void classesByTheirFormulas() {
    double all = Math.exp(0.2) + Math.exp(0.7) + Math.exp(0.1);
    double p = Math.exp(0.7) / all;
    assertEquals(0.5, of(DataValue.MARGIN, ScoreKind.TARGETS), 1e-15);
    assertEquals(0.5, of(DataValue.MARGIN, ScoreKind.SHARES), 1e-15);
    assertEquals(Math.log(p / (1 - p)), of(DataValue.LOG_ODDS, ScoreKind.LOGITS), 1e-14);
    assertEquals(p, of(DataValue.PROBABILITY, ScoreKind.LOGITS), 1e-15);
    assertEquals(0.7, of(DataValue.PROBABILITY, ScoreKind.SHARES), 0);
    assertEquals(-Math.log(p), of(DataValue.LOSS, ScoreKind.LOGITS), 1e-15);
    assertEquals(0.04 + 0.09 + 0.01, of(DataValue.LOSS, ScoreKind.TARGETS), 1e-15);
  }

  @Test
  void largeScoresStayFinite() {
    double[] large = {1e4, -1e4};
    assertEquals(2e4, RowValue.of(DataValue.LOSS, ScoreKind.LOGITS, 2).of(large, 0, 1), 0);
    assertEquals(-2e4, RowValue.of(DataValue.LOG_ODDS, ScoreKind.LOGITS, 2).of(large, 0, 1), 0);
    assertEquals(0, RowValue.of(DataValue.PROBABILITY, ScoreKind.LOGITS, 2).of(large, 0, 1), 0);
  }

  @Test
  void regressionsAndTrainers() {
    double[] scores = {4, 6.5};
    assertEquals(6.5, RowValue.of(DataValue.PREDICTION, ScoreKind.TARGETS, 0).of(scores, 1, 7), 0);
    assertEquals(0.25, RowValue.of(DataValue.LOSS, ScoreKind.TARGETS, 0).of(scores, 1, 7), 0);
    assertEquals(6.5, RowValue.of(DataValue.MARGIN, ScoreKind.VALUES, 3).of(scores, 1, 0), 0);
  }

  @ParameterizedTest
  @CsvSource({
    "PROBABILITY, TARGETS, 3, are no probabilities",
    "LOG_ODDS, SHARES, 3, are no probabilities",
    "PREDICTION, LOGITS, 3, labels are classes",
    "MARGIN, TARGETS, 0, labels are targets"
  })
  void valuesThatScoresDoNotHave(DataValue value, ScoreKind kind, int classes, String said) {
    InputException e = assertThrows(InputException.class, () -> RowValue.of(value, kind, classes));
    assertTrue(e.getMessage().contains(said), e.getMessage());
  }
}
