package dev.ablate.search;

import java.util.Arrays;
import java.util.List;

/**
 * What is left of a value where only some features are kept, by sets that were chosen on some
 * examples in several ways and are scored on others.
 *
 * @param featureNames a name for each feature
 * @param value kind of value
 * @param goal whether sets of the largest or of the smallest value were sought
 * @param sizes how many features the sets keep, rising, from none to all
 * @param fitting examples by which sets were chosen
 * @param heldOut examples by which they are scored
 * @param masks masks that were fitted
 * @param r2 of the spectrum that was fitted to them, NaN where it was not measured
 * @param ways the ways in which sets were chosen
 * @param notes lines for people about the model, the examples and the fit
 */
public record Pruning(
    List<String> featureNames,
    String value,
    Goal goal,
    int[] sizes,
    int fitting,
    int heldOut,
    long masks,
    double r2,
    List<Way> ways,
    List<String> notes) {
  /** By the spectrum, its interactions as far as the examples bear them out. */
  public static final String INTERACTIONS = "interactions";

  /** By the weights of single features of a lasso. */
  public static final String SINGLES = "order-1 lasso";

  /**
   * Sets that were chosen in one way.
   *
   * @param name how they were chosen
   * @param sets one a size, ascending
   * @param fitted the mean over the examples by which they were chosen
   * @param heldOut the mean over the others
   * @param accuracy of the others the share that is right; null where nothing is right or wrong
   * @param lead {@code (sizes)} how much better the mean over the others is than that of the sets
   *     of {@link #SINGLES}, in the unit of the value
   * @param leadErrors {@code (sizes)} standard errors of the lead over the examples, NaN for one
   */
  public record Way(
      String name,
      List<int[]> sets,
      KeptCurve fitted,
      KeptCurve heldOut,
      KeptCurve accuracy,
      double[] lead,
      double[] leadErrors) {}

  /** Number of features. */
  public int features() {
    return featureNames.size();
  }

  /** The names of a set. */
  public List<String> names(int[] set) {
    return Arrays.stream(set).mapToObj(featureNames::get).toList();
  }
}
