package dev.ablate.mask;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.host.HostBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PairedMasksTest {
  private static final HostBackend HOST = new HostBackend(2);

  private static Masks draw(MaskSampling sampling, int features, long masks, long seed) {
    Design.Paired design = new Design.Paired(sampling, features, masks, seed);
    return PairedMasks.draw(HOST, design, null);
  }

  private static List<String> rows(Masks masks) {
    List<String> rows = new ArrayList<>();
    for (boolean[] row : masks.toArray()) {
      StringBuilder bits = new StringBuilder();
      for (boolean bit : row) {
        bits.append(bit ? '1' : '0');
      }
      rows.add(bits.toString());
    }
    return rows;
  }

  private static String complement(String row) {
    return row.replace('1', '2').replace('0', '1').replace('2', '0');
  }

  private static int size(Masks masks, int row) {
    int size = 0;
    for (boolean bit : masks.row(row)) {
      size += bit ? 1 : 0;
    }
    return size;
  }

  @ParameterizedTest
  @EnumSource(MaskSampling.class)
  void endsComeFirstThenPairs(MaskSampling sampling) {
    for (int features : new int[] {2, 3, 4, 14, 64, 65, 1000}) {
      List<String> rows = rows(draw(sampling, features, 400, 7));
      assertEquals("0".repeat(features), rows.get(0));
      for (int r = 0; r + 1 < rows.size(); r += 2) {
        assertEquals(complement(rows.get(r)), rows.get(r + 1), features + " features, row " + r);
      }
      assertEquals(rows.size(), new HashSet<>(rows).size(), "all different");
      assertEquals(Math.min(400, Math.pow(2, features)), rows.size());
    }
  }

  @ParameterizedTest
  @EnumSource(MaskSampling.class)
  void smallerDesignsBeginLargerOnes(MaskSampling sampling) {
    for (int features : new int[] {1, 2, 3, 4, 9, 16, 30, 100}) {
      long most = Math.min(3000, 1L << Math.min(features, 20));
      List<String> all = rows(draw(sampling, features, most, 3));
      for (long masks : new long[] {1, 2, 3, most / 3, most / 2 + 1, most - 1}) {
        if (masks >= 1 && masks <= most) {
          List<String> some = rows(draw(sampling, features, masks, 3));
          assertEquals(all.subList(0, (int) masks), some, features + " features, " + masks);
        }
      }
    }
  }

  /** However few are left, they are found, and asking for more gives no more. */
  @ParameterizedTest
  @EnumSource(MaskSampling.class)
  void everyMaskComesOnceWhereAllAreAskedFor(MaskSampling sampling) {
    for (int features : new int[] {1, 2, 3, 4, 5, 10, 15, 16, 17}) {
      int all = 1 << features;
      for (int masks : new int[] {all, all - 1, all + 5}) {
        List<String> rows = rows(draw(sampling, features, masks, 11));
        assertEquals(Math.min(all, Math.max(1, masks)), rows.size());
        assertEquals(rows.size(), new HashSet<>(rows).size());
      }
    }
  }

  @Test
  void sizesAreAlikeAndSoAreTheSetsOfASize() {
    int features = 20;
    int masks = 20_002;
    Masks drawn = draw(MaskSampling.SIZE, features, masks, 5);
    int[] counts = new int[features + 1];
    int[] kept = new int[features];
    int ofFive = 0;
    for (int r = 2; r < masks; r++) {
      int size = size(drawn, r);
      counts[size]++;
      if (size == 5) {
        ofFive++;
        for (int i = 0; i < features; i++) {
          kept[i] += drawn.kept(r, i) ? 1 : 0;
        }
      }
    }
    // Sizes 1, 2 and their complements have fewer sets than come to each size.
    assertEquals(20, counts[1]);
    assertEquals(190, counts[2]);
    assertEquals(1140, counts[3], 140, "nearly used up");
    double each = (20_000 - 2 * (20 + 190 + counts[3])) / 13.0;
    for (int size = 4; size <= 16; size++) {
      // Complements double the variance of a count; five standard deviations.
      assertEquals(each, counts[size], 5 * Math.sqrt(2 * each), "size " + size);
      assertEquals(counts[size], counts[features - size]);
    }
    for (int i = 0; i < features; i++) {
      assertEquals(ofFive / 4.0, kept[i], 5 * Math.sqrt(ofFive * 3 / 16.0), "feature " + i);
    }
  }

  @Test
  void bothTakesTurns() {
    Masks both = draw(MaskSampling.BOTH, 200, 8_002, 1);
    int[] far = new int[2];
    for (int r = 2; r < both.count(); r++) {
      // A binomial size is within 30 of 100, by four standard deviations.
      far[(r - 2) / 2 % 2] += Math.abs(size(both, r) - 100) > 30 ? 1 : 0;
    }
    // 139 of 199 sizes are further away.
    assertEquals(4_000 * 139 / 199.0, far[0], 5 * Math.sqrt(2 * 4_000 * 0.7 * 0.3));
    assertTrue(far[1] < 10, "uniform pairs in between: " + far[1]);
  }

  /** Where masks never repeat they are made in another way, and are the same. */
  @Test
  void nobodySeesWhetherAnybodyLooked() {
    Masks seen = UniformMasks.drawBySize(60, 5_000, 2, UniformMasks.Use.TEST, null);
    for (int masks : new int[] {1, 2, 3, 100, 401}) {
      assertTrue(UniformMasks.neverRepeat(60, masks));
      assertFalse(UniformMasks.neverRepeat(60, masks + 5_000));
      Design.Paired design = new Design.Paired(MaskSampling.UNIFORM, 60, masks, 3);
      assertArrayEquals(
          PairedMasks.draw(HOST, design, seen).hostWords(),
          PairedMasks.draw(HOST, design, null).hostWords());
    }
  }

  @ParameterizedTest
  @EnumSource(MaskSampling.class)
  void seenMasksStayAway(MaskSampling sampling) {
    for (int features : new int[] {4, 8, 40}) {
      Masks seen = UniformMasks.drawBySize(features, 5, 2, UniformMasks.Use.TEST, null);
      Design.Paired design = new Design.Paired(sampling, features, 1 << 12, 9);
      List<String> rows = rows(PairedMasks.draw(HOST, design, seen));
      Set<String> different = new HashSet<>(rows);
      assertEquals(rows.size(), different.size());
      rows(seen).forEach(row -> assertFalse(different.contains(row), row));
      assertEquals(Math.min(1 << 12, (1L << features) - 5), rows.size());
    }
  }

  @Test
  void theSameSeedGivesTheSameMasksOnAnyNumberOfThreads() {
    for (MaskSampling sampling : MaskSampling.values()) {
      Design.Paired design = new Design.Paired(sampling, 70, 500, 4);
      try (HostBackend other = new HostBackend(1)) {
        long[] once = PairedMasks.draw(other, design, null).hostWords();
        assertArrayEquals(once, draw(sampling, 70, 500, 4).hostWords());
        assertFalse(Arrays.equals(once, draw(sampling, 70, 500, 5).hostWords()));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 2", "3, 6", "4, 14", "9, 100", "31, 100", "1000, 100"})
  void drawsBySizeAloneLeaveTheEndsOut(int features, int count) {
    Masks drawn = UniformMasks.drawBySize(features, 100, 1, UniformMasks.Use.TEST, null);
    assertEquals(count, drawn.count());
    assertEquals(count, new HashSet<>(rows(drawn)).size());
    for (int r = 0; r < count; r++) {
      int size = size(drawn, r);
      assertTrue(size >= 1 && size < features, "size " + size);
    }
  }

  /** A weighted mean over masks by size is a mean over all masks. */
  @Test
  void weightsGiveEachSizeItsShare() {
    double[] weights = SizeWeights.of(Masks.exhaustive(8));
    Arrays.stream(weights).forEach(weight -> assertEquals(1, weight, 1e-12));
    Masks drawn = draw(MaskSampling.SIZE, 12, 1000, 3);
    double[] some = SizeWeights.of(drawn);
    assertEquals(1000, Arrays.stream(some).sum(), 1e-9);
    double none = 0;
    double six = 0;
    for (int r = 0; r < some.length; r++) {
      none += size(drawn, r) == 0 ? some[r] : 0;
      six += size(drawn, r) == 6 ? some[r] : 0;
    }
    assertEquals(1000 / 4096.0, none, 1e-12);
    assertEquals(1000 * 924 / 4096.0, six, 1e-9);
  }
}
