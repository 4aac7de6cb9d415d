package dev.ablate.backend;

import java.util.List;

/**
 * Gradient-boosted regression trees (squared error) on bit-packed masks: many independent runs a
 * call, such as folds times grid points.
 */
public interface Boosting {
  /**
   * How one run grows its trees. Leaf-wise growth, best gain first; equal gains go to the leaf that
   * comes first by depth, then from left to right, and to its lowest feature.
   *
   * @param depth largest depth of a tree, root = 0; more than 62 counts as 62
   * @param leaves most leaves a tree, such as 31
   * @param minLeaf fewest training rows a leaf, such as 20
   * @param trees number of boosting rounds
   * @param rate learning rate
   * @param patience stops after so many rounds without a smaller validation error; 0 = never
   */
  record Settings(int depth, int leaves, int minLeaf, int trees, double rate, int patience) {}

  /**
   * One run.
   *
   * @param settings how trees grow
   * @param train {@code (ceil(rows/64))} bits of the rows to fit
   * @param validation bits of the rows whose error is followed; all 0 for none
   * @param output which column of the values it fits
   */
  record Run(Settings settings, long[] train, long[] validation, int output) {}

  /**
   * What a run gave.
   *
   * @param forest the trees, in boosting order; a prefix is the run with fewer trees. The nodes of
   *     a tree stand by depth, then from left to right. Whoever asked for the run closes it
   * @param validationError {@code (forest.trees() + 1)} sum of squared errors on the validation
   *     rows after that many trees; empty without validation rows
   */
  record Fitted(Trees forest, double[] validationError) {}

  /**
   * Fits all runs. The result of a run does not depend on the other runs, on threads or on order.
   *
   * @param masks U64 {@code (rows, ceil(features/64)) row-major}
   * @param rows number of masks
   * @param features number of features
   * @param values F64 {@code (rows, outputs) row-major}, finite
   * @param outputs number of outputs
   * @param runs the runs
   * @return one result a run
   */
  List<Fitted> fit(
      Buffer masks, int rows, int features, Buffer values, int outputs, List<Run> runs);
}
