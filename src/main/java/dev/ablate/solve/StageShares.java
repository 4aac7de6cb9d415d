package dev.ablate.solve;

import dev.ablate.solve.auto.AutoEstimator;

/**
 * What the large stages of solving take, as shares for those who are told how far it is. They were
 * measured ({@code docs/design/0047-long-solves.md}) and change no result.
 */
public final class StageShares {
  private StageShares() {}

  /**
   * What fitting takes of all; to read interactions off what was fitted takes the rest. Where
   * standard errors are those of fits without a fold each, these are most of it.
   *
   * @param outputs how many outputs are fitted
   */
  public static double fitting(Method method, int outputs) {
    return switch (method) {
      case EXACT, SPEX -> 0.95;
      case SCREEN -> 0.9;
      case PROXYSPEX -> 0.5;
      case GP -> 0.62;
      // Many outputs have no fits of folds; what screening explains has few.
      case AUTO -> outputs > AutoEstimator.MANY ? 0.95 : 0.7;
    };
  }

  /**
   * What the fit that leaves masks out takes of fitting; the fit of all masks, which takes over
   * what that one chose, has the rest.
   */
  static double trial(Method method) {
    return switch (method) {
      case SCREEN -> 0.6;
      case PROXYSPEX -> 0.65;
      case GP -> 0.9;
      default -> 0.8;
    };
  }
}
