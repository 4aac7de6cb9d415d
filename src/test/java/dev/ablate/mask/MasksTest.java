package dev.ablate.mask;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sampling;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.mask.UniformMasks.Use;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MasksTest {
  private final HostBackend host = new HostBackend(2);
  private final Sampling sampling = host.sampling();

  private static Set<String> rows(Masks masks) {
    Set<String> rows = new HashSet<>();
    for (boolean[] row : masks.toArray()) {
      rows.add(Arrays.toString(row));
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 63, 64, 65, 130})
  void booleansSurvivePacking(int features) {
    boolean[][] rows = new boolean[3][features];
    for (int i = 0; i < features; i++) {
      rows[0][i] = i % 3 == 0;
      rows[2][i] = true;
    }
    Masks masks = Masks.of(rows);
    for (int r = 0; r < 3; r++) {
      assertArrayEquals(rows[r], masks.row(r));
    }
    assertArrayEquals(rows[2], Masks.all(features).row(0));
    assertArrayEquals(rows[1], Masks.none(1, features).row(0));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 130})
  void countsWhatEachFeatureIsKeptBy(int features) {
    Masks masks = new Masks(sampling.uniform(1, 0, 0, 1_000, features), 1_000, features);
    int[] counts = new int[features];
    int[] sizes = new int[1_000];
    for (int r = 0; r < 1_000; r++) {
      for (int i = 0; i < features; i++) {
        counts[i] += masks.kept(r, i) ? 1 : 0;
        sizes[r] += masks.kept(r, i) ? 1 : 0;
      }
    }
    assertArrayEquals(counts, masks.keptBy());
    assertArrayEquals(sizes, masks.sizes());
  }

  @Test
  void exhaustiveListsEveryMaskOnce() {
    Masks masks = Masks.exhaustive(6);
    assertEquals(64, rows(masks).size());
    assertTrue(masks.kept(5, 0) && !masks.kept(5, 1) && masks.kept(5, 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 10})
  void smallGamesGiveEveryMaskWhenAskedForMore(int features) {
    Masks masks = UniformMasks.draw(sampling, features, 5000, 3, Use.FIT, null);
    assertEquals(1 << features, masks.count());
    assertEquals(1 << features, rows(masks).size());
  }

  @Test
  void testMasksAvoidTheFittedOnes() {
    Masks fit = UniformMasks.draw(sampling, 8, 200, 1, Use.FIT, null);
    Masks test = UniformMasks.draw(sampling, 8, 200, 1, Use.TEST, fit);
    assertEquals(56, test.count());
    Set<String> both = rows(fit);
    both.retainAll(rows(test));
    assertTrue(both.isEmpty());
  }

  @Test
  void everyBitIsFair() {
    Masks masks = UniformMasks.draw(sampling, 100, 20_000, 9, Use.FIT, null);
    for (int i = 0; i < 100; i++) {
      int kept = 0;
      for (int r = 0; r < masks.count(); r++) {
        kept += masks.kept(r, i) ? 1 : 0;
      }
      // Five standard deviations of a fair coin.
      assertEquals(10_000, kept, 5 * Math.sqrt(20_000) / 2, "feature " + i);
    }
  }

  @Test
  void sameSeedSameMasks() {
    long[] once = UniformMasks.draw(sampling, 70, 500, 4, Use.FIT, null).hostWords();
    try (HostBackend other = new HostBackend(1)) {
      assertArrayEquals(
          once, UniformMasks.draw(other.sampling(), 70, 500, 4, Use.FIT, null).hostWords());
    }
    assertFalse(
        Arrays.equals(once, UniformMasks.draw(sampling, 70, 500, 5, Use.FIT, null).hostWords()));
  }

  @Test
  void distinctMasksPointBack() {
    Masks table =
        UniformMasks.draw(sampling, 3, 8, 0, Use.FIT, null).select(new int[] {4, 1, 4, 4, 0, 1});
    DistinctMasks distinct = DistinctMasks.of(table);
    assertEquals(3, distinct.masks().count());
    for (int r = 0; r < table.count(); r++) {
      assertArrayEquals(table.row(r), distinct.masks().row(distinct.position()[r]));
    }
  }

  @Test
  void wrongShapesAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new Masks(HostBuffer.of(new long[3]), 2, 70));
    assertThrows(IllegalArgumentException.class, () -> Masks.exhaustive(31));
  }
}
