package dev.ablate.benchmarks.exact;

import dev.ablate.index.Index;
import java.util.List;
import java.util.Locale;

/** What one fit serves: indices that want the same masks. */
public enum Family {
  /** Indices that weigh all sizes of masks alike. */
  BY_SIZE(
      Index.SII,
      List.of(
          new Asked(Index.SV, 1),
          new Asked(Index.SII, 2),
          new Asked(Index.SII, 3),
          new Asked(Index.FSII, 2),
          new Asked(Index.K_SII, 2))),
  /** Banzhaf indices, which weigh all masks alike. */
  UNIFORM(Index.BII, List.of(new Asked(Index.BII, 2), new Asked(Index.BII, 3))),
  /** No index but faithfulness: R² on all masks. */
  FAITHFUL(Index.FBII, List.of());

  /** The order that every fit asks for. */
  public static final int ORDER = 3;

  private final Index index;
  private final List<Asked> asked;

  Family(Index index, List<Asked> asked) {
    this.index = index;
    this.asked = asked;
  }

  /** The index that a fit asks for. */
  public Index index() {
    return index;
  }

  /** The indices that are scored. */
  public List<Asked> asked() {
    return asked;
  }

  /** As an option names it, such as {@code by-size}. */
  public String option() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
