package dev.ablate.mask;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ablate.backend.Backend;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.code.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodedDesignTest {
  /** The sample counts of the published rule. */
  @ParameterizedTest
  @CsvSource({
    "8, 504, 1008, 4032, 16128, 64512", "16, 672, 1344, 5376, 21504, 86016",
    "32, 672, 1344, 5376, 21504, 86016", "50, 864, 1728, 6912, 27648, 110592",
    "64, 864, 1728, 6912, 27648, 110592", "96, 984, 1968, 7872, 31488, 125952",
    "128, 984, 1968, 7872, 31488, 125952", "256, 1104, 2208, 8832, 35328, 141312",
    "400, 1104, 2208, 8832, 35328, 141312", "500, 1224, 2448, 9792, 39168, 156672",
    "512, 1224, 2448, 9792, 39168, 156672", "1000, 1344, 2688, 10752, 43008, 172032",
    "1992, 1344, 2688, 10752, 43008, 172032", "2000, 1464, 2928, 11712, 46848, 187392",
    "4035, 1464, 2928, 11712, 46848, 187392", "5000, 1584, 3168, 12672, 50688, 202752"
  })
  void takesThePublishedNumberOfMasks(int n, long b3, long b4, long b6, long b8, long b10) {
    long[] counts = {b3, b4, b6, b8, b10};
    int[] dimensions = {3, 4, 6, 8, 10};
    for (int k = 0; k < counts.length; k++) {
      assertEquals(counts[k], CodedDesign.of(n, 3, dimensions[k], 5, 0).masks());
      assertEquals(dimensions[k], CodedDesign.forBudget(n, counts[k], 0).dimension());
    }
  }

  /** The smallest sizes of a peer that goes down to t = 2. */
  @ParameterizedTest
  @CsvSource({
    "8, 264",
    "16, 264",
    "21, 264",
    "22, 312",
    "32, 312",
    "50, 312",
    "64, 360",
    "96, 360",
    "128, 408",
    "256, 456",
    "400, 456",
    "512, 504",
    "1000, 504",
    "1992, 552",
    "2000, 552",
    "4035, 600",
    "5000, 648"
  })
  void takesThePublishedFloorAtTwoErrors(int n, long masks) {
    assertEquals(masks, CodedDesign.of(n, 3, 3, 2, 0).masks());
  }

  @Test
  void spendsABudgetOnDimensionFirst() {
    assertEquals(8, CodedDesign.forBudget(1000, 86_015, 0).dimension());
    assertEquals(9, CodedDesign.forBudget(1000, 86_016, 0).dimension());
    assertEquals(4, CodedDesign.forBudget(1000, 1343, 0).errors());
    Design.Coded floor = CodedDesign.forBudget(1000, 264, 0);
    assertEquals(1, floor.errors());
    assertEquals(264, floor.masks());
    InputException e =
        assertThrows(InputException.class, () -> CodedDesign.forBudget(1000, 263, 0));
    assertEquals(
        "SPEX needs at least 264 masks for 1000 features; raise budget from 263 or choose"
            + " another method",
        e.getMessage());
  }

  @Test
  void refusesDelaysOfAnotherCode() {
    Design.Coded wrong = new Design.Coded(100, 3, 4, 5, 40, 0);
    assertThrows(InputException.class, () -> new CodedDesign(wrong));
    assertThrows(InputException.class, () -> CodedDesign.of(10, 3, 21, 5, 0));
  }

  /** Every mask from its definition: M_c l xor d_p, one feature at a time. */
  @ParameterizedTest
  @CsvSource({"1, 3, 5", "2, 4, 1", "7, 3, 5", "64, 4, 2", "65, 3, 5", "130, 5, 3"})
  void masksAreShiftedSubspaces(int n, int b, int t) {
    try (Backend host = new HostBackend(2)) {
      CodedDesign design = new CodedDesign(CodedDesign.of(n, 3, b, t, 11));
      Masks masks = design.masks(host);
      long[] parities = design.bins().code().parities(0);
      int words = parities.length / n;
      int row = 0;
      for (int c = 0; c < 3; c++) {
        for (int p = 0; p < design.design().delays(); p++) {
          for (int l = 0; l < 1 << b; l++, row++) {
            for (int i = 0; i < n; i++) {
              int bit = Integer.bitCount(design.bins().hash(c, i) & l);
              if (p > 0) {
                bit += (int) (parities[i * words + ((p - 1) >>> 6)] >>> (p - 1) & 1);
              }
              assertEquals((bit & 1) != 0, masks.kept(row, i));
            }
          }
        }
      }
      assertEquals(row, masks.count());
    }
  }

  /** With b columns or features, whichever are fewer, independent: 2^min(n, b) masks a block. */
  @ParameterizedTest
  @CsvSource({"1, 3", "2, 2", "3, 8", "8, 8", "9, 6", "20, 11", "64, 5"})
  void wastesNoColumn(int n, int b) {
    try (Backend host = new HostBackend(1)) {
      for (long seed = 0; seed < 20; seed++) {
        Masks masks = new CodedDesign(CodedDesign.of(n, 3, b, 1, seed)).masks(host);
        for (int block = 0; block < masks.count() >> b; block++) {
          Masks points = masks.range(block << b, (block + 1) << b);
          assertEquals(1 << Math.min(n, b), DistinctMasks.of(points).masks().count());
        }
      }
    }
  }

  @Test
  void holdsAllSmallerDesigns() {
    try (Backend host = new HostBackend(1)) {
      CodedDesign design = new CodedDesign(CodedDesign.of(70, 3, 6, 3, 5));
      Masks masks = design.masks(host);
      for (int b = 1; b <= 6; b++) {
        assertArrayEquals(
            design.nested(b).masks(host).hostWords(),
            masks.select(design.nestedRows(b)).hostWords());
      }
    }
  }
}
