package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryBatchesTest {
  /** The batches tried, first and count, on a device with memory for so many at once. */
  private static List<List<Integer>> tried(int total, int most, int unit, int fitting) {
    List<List<Integer>> tried = new ArrayList<>();
    MemoryBatches.over(
        total,
        most,
        unit,
        (first, count) -> {
          tried.add(List.of(first, count));
          if (count > fitting) {
            throw new OutOfDeviceMemoryException("a device", count, 0, fitting);
          }
        });
    return tried;
  }

  @Test
  void whatFitsIsDoneAtOnceOrInTheBatchesAskedFor() {
    assertEquals(List.of(), tried(0, 5, 1, 9));
    assertEquals(List.of(List.of(0, 5)), tried(5, 5, 1, 9));
    assertEquals(List.of(List.of(0, 2), List.of(2, 2), List.of(4, 1)), tried(5, 2, 1, 9));
  }

  @Test
  void whatDoesNotFitIsHalvedAndStaysSmall() {
    assertEquals(
        List.of(
            List.of(0, 7),
            List.of(0, 4),
            List.of(0, 2),
            List.of(2, 2),
            List.of(4, 2),
            List.of(6, 1)),
        tried(7, 7, 1, 3));
    assertEquals(
        List.of(
            List.of(0, 100),
            List.of(0, 64),
            List.of(0, 32),
            List.of(32, 32),
            List.of(64, 32),
            List.of(96, 4)),
        tried(100, 100, 32, 40));
  }

  @Test
  void oneUnitThatDoesNotFitIsAFailure() {
    assertThrows(OutOfDeviceMemoryException.class, () -> tried(7, 7, 1, 0));
    assertThrows(OutOfDeviceMemoryException.class, () -> tried(100, 100, 32, 31));
    assertEquals(3, MemoryBatches.<Integer>most(3, 1, count -> count));
  }
}
