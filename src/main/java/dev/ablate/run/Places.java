package dev.ablate.run;

import dev.ablate.backend.Sets;
import dev.ablate.mask.MaskRows;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Reading;
import dev.ablate.solve.Solution;
import dev.ablate.spectrum.Spectrum;
import java.util.Arrays;

/**
 * Some of many features.
 *
 * @param features how many there are
 * @param kept which of them these are, ascending
 */
record Places(int features, int[] kept) {
  /** Words of masks in memory at a time: 32 MiB. */
  private static final int BLOCK = 1 << 22;

  /** The masks with these features alone. */
  Masks of(MaskRows masks) {
    int words = Masks.words(kept.length);
    Masks some = Masks.none(masks.count(), kept.length);
    long[] to = some.hostWords();
    masks.blocks(
        Math.max(1, BLOCK / Masks.words(features)),
        (first, part) -> {
          long[] from = part.hostWords();
          for (int r = 0; r < part.count(); r++) {
            int base = r * part.words();
            for (int k = 0; k < kept.length; k++) {
              long bit = from[base + (kept[k] >>> 6)] >>> kept[k] & 1;
              to[(first + r) * words + (k >>> 6)] |= bit << k;
            }
          }
        });
    return some;
  }

  /** A solution of masks with these features alone, in terms of all. */
  Solution restored(Solution solution) {
    Sets sets = solution.spectrum().sets();
    // The kept features ascend, so that the terms keep their order.
    int[] members = Arrays.stream(sets.features()).map(k -> kept[k]).toArray();
    Spectrum spectrum =
        new Spectrum(
            features, new Sets(sets.starts(), members), solution.spectrum().coefficients());
    Reading reading = solution.reading();
    return solution
        .withSpectrum(spectrum)
        .withReading(reading == null ? null : reading.placed(kept));
  }
}
