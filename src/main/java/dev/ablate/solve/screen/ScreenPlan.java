package dev.ablate.solve.screen;

import dev.ablate.backend.Screening;
import dev.ablate.setting.Settings;
import dev.ablate.solve.SolverSettings;

/**
 * What one search tests: all sets of some orders, and sets of higher orders among active features.
 *
 * @param fullOrder orders 1 to this are searched in full
 * @param maxOrder higher orders up to this are searched among active features
 * @param fullCandidates sets of the full search
 * @param activeCandidates most sets that an order among active features may have
 */
public record ScreenPlan(
    int fullOrder, int maxOrder, double fullCandidates, long activeCandidates) {
  /** The highest order that is planned for. */
  public static final int MOST_ORDER = 6;

  /** Most features that higher orders are formed of. */
  public static final int MOST_ACTIVE = 60;

  /**
   * Searches that the work limit is for: a trial and a fit of all masks with a few rounds each. The
   * first search of each round is in full; near misses are tested again instead where they do.
   */
  private static final int SEARCHES = 4;

  /** With fewer masks a candidate takes no less time. */
  private static final int FEWEST_ROWS = 640;

  /** The same where thousands of searches follow one another. */
  private static final long SMALL_OF_MANY = 50_000;

  /**
   * Candidates of a first search of all of many outputs together, for each second of the work
   * limit: searches among few masks spend most of their time on other things than masks, whatever
   * runs them.
   */
  private static final double CANDIDATES_OF_MANY = 1.6e7;

  /** So many outputs have the whole work each; more share what those have. */
  private static final int FEW_OUTPUTS = 32;

  /** A search of fewer candidates than this costs nothing worth planning. */
  private static final long SMALL = 100_000;

  /** The plan of one output; otherwise as below. */
  public static ScreenPlan of(int features, int rows, double rate, Settings settings) {
    return of(features, rows, rate, 1, settings);
  }

  /**
   * Plans for some masks.
   *
   * @param features number of features
   * @param rows number of masks
   * @param rate candidates times masks a second, from {@link Screening#candidateMasksPerSecond}
   * @param outputs number of outputs: of many each has a share of the work
   * @param settings work limit and, if set, the order to search in full
   */
  public static ScreenPlan of(int features, int rows, double rate, int outputs, Settings settings) {
    double seconds = settings.get(SolverSettings.SCREEN_SECONDS);
    double one = seconds * rate / Math.max(rows, FEWEST_ROWS) / SEARCHES;
    return within(Math.max(SMALL, one * share(outputs)), isMany(outputs), features, settings);
  }

  /** A first search of many outputs, whatever the machine: most of them want no other. */
  static ScreenPlan first(int features, int outputs, Settings settings) {
    double seconds = settings.get(SolverSettings.SCREEN_SECONDS);
    double limit = Math.max(SMALL_OF_MANY, seconds * CANDIDATES_OF_MANY / outputs);
    return within(limit, true, features, settings);
  }

  /** Whether outputs are so many that they share the work. */
  static boolean isMany(int outputs) {
    return outputs > FEW_OUTPUTS;
  }

  /** The share of the work of one output alone that each of so many has. */
  static double share(int outputs) {
    return Math.min(1, (double) FEW_OUTPUTS / outputs);
  }

  private static ScreenPlan within(double limit, boolean many, int features, Settings settings) {
    int most = Math.min(MOST_ORDER, features);
    int full = 1;
    Long order = settings.get(SolverSettings.SCREEN_ORDER);
    if (order != null) {
      full = (int) Math.min(order, features);
    } else {
      while (full < most && Screening.candidates(features, 1, full + 1) <= limit) {
        full++;
      }
    }
    double inFull = Screening.candidates(features, 1, full);
    // Of many outputs a search is no larger than its share, active features and all.
    double active = many ? Math.max(0, limit - inFull) : limit;
    return new ScreenPlan(
        full,
        Math.max(most, full),
        inFull,
        (long) Math.min(Long.MAX_VALUE, active / Math.max(1, most - full)));
  }

  /** Whether another plan tests sets that this one does not. */
  boolean isLess(ScreenPlan other) {
    return fullOrder < maxOrder
        && (fullOrder < other.fullOrder || activeCandidates < other.activeCandidates);
  }

  /** Whether a search is of all orders and costs nothing worth planning. */
  boolean isSmall() {
    return fullOrder == maxOrder && fullCandidates <= SMALL;
  }

  /** Most sets of an order that a search tests, of so many features; 0 where it tests none. */
  double candidates(int order, int features) {
    int among = order <= fullOrder ? features : activeFeatures(order, features);
    return among < order ? 0 : Screening.candidates(among, order, order);
  }

  /** How many of the active features an order is searched among. */
  int activeFeatures(int order, int available) {
    int features = Math.min(available, MOST_ACTIVE);
    while (features >= order && Screening.candidates(features, order, order) > activeCandidates) {
      features--;
    }
    return features < order ? 0 : features;
  }
}
