package dev.ablate.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BchDecoderTest {
  private static int[] syndromes(BchCode code, int[] positions) {
    int[] odd = new int[code.errors()];
    for (int position : positions) {
      for (int j = 0; j < odd.length; j++) {
        odd[j] ^= code.field().exp((int) ((long) position * (2 * j + 1) % code.field().order()));
      }
    }
    return odd;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1, 5",
    "3, 2",
    "8, 5",
    "40, 3",
    "64, 5",
    "1000, 5",
    "1000, 8",
    "5000, 12",
    "100000, 5",
    "900000, 5"
  })
  void findsEveryPatternOfUpToTErrors(int message, int errors) {
    BchCode code = BchCode.smallest(message, errors);
    BchDecoder decoder = new BchDecoder(code);
    Philox.Stream random = Philox.stream(message, errors);
    for (int trial = 0; trial < 300; trial++) {
      int count = Math.min(trial % (errors + 1), code.length());
      int[] positions =
          IntStream.generate(() -> random.nextInt(code.length()))
              .distinct()
              .limit(count)
              .sorted()
              .toArray();
      int[] found = new int[errors];
      assertEquals(count, decoder.decode(syndromes(code, positions), found));
      int[] sorted = Arrays.copyOf(found, count);
      Arrays.sort(sorted);
      assertArrayEquals(positions, sorted);
    }
  }

  /** All syndromes of a small code against the list of all correctable patterns. */
  @Test
  void refusesExactlyTheOtherSyndromes() {
    BchCode code = BchCode.smallest(13, 2);
    Map<Integer, int[]> patterns = new HashMap<>();
    patterns.put(0, new int[0]);
    for (int a = 0; a < code.length(); a++) {
      for (int b = a; b < code.length(); b++) {
        int[] positions = a == b ? new int[] {a} : new int[] {a, b};
        int[] odd = syndromes(code, positions);
        patterns.put(odd[0] << 5 | odd[1], positions);
      }
    }
    BchDecoder decoder = new BchDecoder(code);
    for (int s = 0; s < 1024; s++) {
      int[] found = new int[2];
      int count = decoder.decode(new int[] {s >>> 5, s & 31}, found);
      int[] expected = patterns.get(s);
      if (expected == null) {
        assertEquals(-1, count, "syndrome " + s);
      } else {
        int[] sorted = Arrays.copyOf(found, count);
        Arrays.sort(sorted);
        assertArrayEquals(expected, sorted, "syndrome " + s);
      }
    }
  }

  /** Random syndromes: what is found must have them, whatever the degree. */
  @ParameterizedTest
  @CsvSource({"20, 3", "36, 5", "199, 7"})
  void neverInventsErrors(int message, int errors) {
    BchCode code = BchCode.smallest(message, errors);
    BchDecoder decoder = new BchDecoder(code);
    Philox.Stream random = Philox.stream(7, message);
    int hits = 0;
    for (int trial = 0; trial < 50_000; trial++) {
      int[] odd = new int[errors];
      for (int j = 0; j < errors; j++) {
        odd[j] = random.nextInt(code.field().order() + 1);
      }
      int[] found = new int[errors];
      int count = decoder.decode(odd, found);
      if (count >= 0) {
        hits++;
        assertArrayEquals(odd, syndromes(code, Arrays.copyOf(found, count)));
      }
    }
    assertTrue(hits > 0);
  }
}
