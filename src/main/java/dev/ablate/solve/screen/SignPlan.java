package dev.ablate.solve.screen;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Joins;
import dev.ablate.backend.Screening;
import dev.ablate.setting.Settings;
import dev.ablate.solve.Problem;
import dev.ablate.solve.SolverSettings;

/**
 * What a search by signs looks for: sets of the orders that are not tested in full on all rows.
 *
 * @param rows so many rows, those of largest magnitude
 * @param tested orders up to this are tested in full on those rows
 * @param joined orders up to this are joined
 * @param bits of a key
 * @param keys most keys of a search
 */
record SignPlan(int rows, int tested, int joined, int bits, int keys) {
  private static final int LEAST_ROWS = 512;
  private static final int MOST_ROWS = 1_024;

  /** Of all rows, one in so many. */
  private static final int SHARE = 8;

  /** Signs are one bit where values are seven, which takes a quarter of the time at most. */
  private static final int QUICKER = 4;

  /** Entries of a table of pairs for each pair, as a power of two. */
  private static final int ROOM = 3;

  /** Fewer keys would meet too little. */
  private static final int FEWEST_KEYS = 4;

  private static final int MOST_KEYS = 2_048;

  /** No search at all. */
  static final SignPlan NONE = new SignPlan(0, 0, 0, 0, 0);

  /**
   * A plan.
   *
   * @param full orders up to this are tested in full on all rows
   * @param problem what is searched
   * @param sharing number of outputs that share the work
   */
  static SignPlan of(int full, Problem problem, int sharing, Settings settings) {
    return of(full, problem.features(), problem.rows(), problem.backend(), sharing, settings);
  }

  /** The same of so many rows. */
  static SignPlan of(
      int full, int features, int rows, Backend backend, int sharing, Settings settings) {
    int most = Math.min(Joins.MOST_ORDER, features);
    if (full >= most || rows <= LEAST_ROWS) {
      return NONE;
    }
    int some = Math.min(MOST_ROWS, Math.max(LEAST_ROWS, rows / SHARE));
    double rate = QUICKER * backend.screening().candidateMasksPerSecond();
    int tested =
        Math.min(
            most,
            Math.max(full, ScreenPlan.of(features, some, rate, sharing, settings).fullOrder()));
    double pairs = Screening.candidates(features, 2, 2);
    int bits = Math.max(1, (int) Math.ceil(Math.log(pairs) / Math.log(2)) + ROOM);
    if (tested >= most || tested + 1 < Joins.LEAST_ORDER || bits > Joins.MOST_BITS) {
      return new SignPlan(some, tested, tested, 0, 0);
    }
    double lookups =
        settings.get(SolverSettings.SCREEN_SECONDS)
            * backend.joins().lookupsPerSecond()
            * ScreenPlan.share(sharing);
    int joined = most;
    while (joined > tested && FEWEST_KEYS * Joins.lookups(features, tested + 1, joined) > lookups) {
      joined--;
    }
    if (joined == tested) {
      return new SignPlan(some, tested, tested, 0, 0);
    }
    double keys = lookups / Joins.lookups(features, tested + 1, joined);
    return new SignPlan(some, tested, joined, bits, (int) Math.min(MOST_KEYS, keys));
  }

  /** Whether there is anything to look for. */
  boolean searches() {
    return joined > 0;
  }
}
