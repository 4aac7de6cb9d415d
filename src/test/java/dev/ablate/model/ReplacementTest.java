package dev.ablate.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What stands for components that are switched off, on the bundled language model. */
class ReplacementTest {
  private static final int[] ROW = {1, 17, 33, 21, 8, 40, 9};

  /** The same last two tokens, so that the residual stream there begins alike. */
  private static final int[] OTHER = {1, 25, 12, 60, 3, 40, 9};

  private static final int[] SHORT = {1, 30, 31};
  private static final int[] ASKED = {1};

  /** A head that does something: L0H1. */
  private static final int LIVE = 1;

  private static final float TOLERANCE = 1e-5f;

  private static SwitchedModel model;
  private static int count;

  @BeforeAll
  static void open() {
    model =
        SwitchedModel.open(
            ModelDirectory.bundled("facts"), ComponentChoice.parse("heads+mlp", null), 1);
    count = model.components().size();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static float[] scales(float value) {
    float[] scales = new float[count];
    Arrays.fill(scales, value);
    return scales;
  }

  private static float value(SwitchedModel of, int[] row, float[] scales) {
    return of.logProbabilities(new int[][] {row}, ASKED, new float[][] {scales})[0][0];
  }

  private static SwitchedModel paired(int[] partner) {
    return model.replacing(new Replacement.Paired(List.of(ROW), List.of(partner)));
  }

  /** A run over many texts makes a network for each. */
  @Test
  void whatWasMadeOfAModelMayBeClosedBeforeIt() {
    int before = model.openNetworks();
    SwitchedModel other = paired(OTHER);
    assertEquals(before + 1, model.openNetworks());
    other.close();
    assertEquals(before, model.openNetworks());
    assertThrows(IllegalStateException.class, () -> value(other, ROW, scales(1)));
    SwitchedModel rescaled = model.rescaled();
    rescaled.close();
    value(model, ROW, scales(1));
    assertEquals(before, model.openNetworks());
  }

  /** x * 0 + x * 1 is x, bit for bit. */
  @Test
  void whatARowGivesItselfChangesNothing() {
    float plain = value(model, ROW, scales(1));
    assertEquals(plain, value(paired(ROW), ROW, scales(0)));
    assertTrue(Math.abs(plain - value(model, ROW, scales(0))) > 0.1, "zeros must matter");
  }

  /**
   * All that a block adds to the residual stream comes from the other text, and what the stream
   * begins with, the token's embedding, is the same: the model cannot tell the two texts.
   */
  @Test
  void withEverythingOfAnotherTextTheModelSaysWhatItSaysThere() {
    float there = value(model, OTHER, scales(1));
    assertEquals(there, value(paired(OTHER), ROW, scales(0)), TOLERANCE);
    assertTrue(Math.abs(there - value(model, ROW, scales(1))) > 0.01, "the texts must differ");
  }

  @Test
  void aScaleBetweenMixes() {
    float[] half = scales(1);
    half[1] = 0.5f;
    SwitchedModel other = paired(OTHER);
    float mixed = value(other, ROW, half);
    half[1] = 0;
    assertFalse(mixed == value(other, ROW, half) || mixed == value(model, ROW, scales(1)));
  }

  @Test
  void eachRowOfABatchHasItsOwnPartner() {
    SwitchedModel both =
        model.replacing(new Replacement.Paired(List.of(ROW, OTHER), List.of(OTHER, ROW)));
    float[][] off = {scales(0), scales(0), scales(1)};
    int[][] rows = {ROW, OTHER, ROW};
    float[][] found = both.logProbabilities(rows, new int[] {1, 1, 1}, off);
    assertEquals(value(model, OTHER, scales(1)), found[0][0], TOLERANCE);
    assertEquals(value(model, ROW, scales(1)), found[1][0], TOLERANCE);
    assertEquals(value(model, ROW, scales(1)), found[2][0], TOLERANCE);
  }

  /** The mean of one text, each position by itself, is that text. */
  @Test
  void theMeanOfOneTextByPositionIsThatText() {
    SwitchedModel mean = model.replacing(new Replacement.Mean(List.of(OTHER, OTHER), true));
    float[] some = scales(1);
    some[0] = 0;
    some[6] = 0;
    assertEquals(value(paired(OTHER), ROW, some), value(mean, ROW, some), TOLERANCE);
    SwitchedModel pooled = model.replacing(new Replacement.Mean(List.of(OTHER), false));
    assertFalse(Math.abs(value(mean, ROW, some) - value(pooled, ROW, some)) < TOLERANCE);
  }

  @Test
  void aRowDrawsAnotherOfItsLengthAndAlwaysTheSame() {
    List<int[]> reference = List.of(SHORT, ROW, OTHER);
    SwitchedModel drawn = model.replacing(new Replacement.Drawn(reference, 3));
    float[] some = scales(1);
    some[LIVE] = 0;
    assertEquals(value(paired(OTHER), ROW, some), value(drawn, ROW, some), TOLERANCE);
    assertEquals(value(drawn, ROW, some), value(drawn, ROW, some));
  }

  /** Of twenty texts of one length, seeds do not all draw the same. */
  @Test
  void theSeedDecides() {
    List<int[]> reference =
        IntStream.range(0, 20).mapToObj(i -> new int[] {1, 20 + i, 50 + i, 7, 8, 40, 9}).toList();
    float[] some = scales(1);
    some[LIVE] = 0;
    long different =
        LongStream.range(0, 6)
            .mapToObj(
                seed -> value(model.replacing(new Replacement.Drawn(reference, seed)), ROW, some))
            .distinct()
            .count();
    assertTrue(different > 2, "different values: " + different);
  }

  /** Positions that the other text lacks take its last: here all three that follow. */
  @Test
  void behindItsEndATextGoesOnWithItsLastPosition() {
    SwitchedModel other = paired(SHORT);
    SwitchedModel same = paired(SHORT.clone());
    float[] some = scales(1);
    some[3] = 0;
    assertEquals(value(other, ROW, some), value(same, ROW, some));
    assertTrue(Float.isFinite(value(other, ROW, some)));
  }

  /** Scales of a layer sum to as many as it has heads; an MLP block stands alone. */
  @Test
  void rescalingIsAScaleOfHeadsByKept() {
    float[] masked = scales(1);
    masked[0] = 0;
    masked[3] = 0;
    masked[4] = 0;
    float[] scaled = masked.clone();
    scaled[1] = 2;
    scaled[2] = 2;
    assertEquals("L0MLP", model.components().get(4).name());
    assertEquals(value(model, ROW, scaled), value(model.rescaled(), ROW, masked));
    assertArrayEquals(
        new float[] {value(model, ROW, scales(1)), value(model, ROW, scales(0))},
        new float[] {
          value(model.rescaled(), ROW, scales(1)), value(model.rescaled(), ROW, scales(0))
        });
    assertThrows(InputException.class, () -> paired(OTHER).rescaled());
  }

  @Test
  void refusesRowsWithoutAPartnerAndEmptyReferences() {
    InputException e =
        assertThrows(InputException.class, () -> value(paired(OTHER), SHORT, scales(0)));
    assertTrue(e.getMessage().contains("no other text to take replacements from"));
    assertThrows(InputException.class, () -> new Replacement.Mean(List.of(), true));
    assertThrows(InputException.class, () -> new Replacement.Drawn(List.of(new int[0]), 1));
    assertThrows(
        InputException.class, () -> new Replacement.Paired(List.of(ROW), List.of(ROW, ROW)));
  }
}
