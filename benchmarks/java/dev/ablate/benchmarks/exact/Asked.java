package dev.ablate.benchmarks.exact;

import dev.ablate.index.Index;
import java.util.Locale;

/**
 * An index and the highest order that is scored.
 *
 * @param index SV, SII, k-SII, BII or FSII
 * @param order highest order
 */
public record Asked(Index index, int order) {
  /** As {@code published.csv} writes it, such as {@code SII 2}. */
  public String label() {
    return index.label().toUpperCase(Locale.ROOT) + " " + order;
  }

  /** As an option names it, such as {@code sii-2}. */
  public String option() {
    return index == Index.SV ? index.label() : index.label() + "-" + order;
  }
}
