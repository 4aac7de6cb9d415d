package dev.ablate.train;

import dev.ablate.mask.Masks;
import java.util.Map;

/** Trains a model anew on each of many subsets of a training set and asks it about test rows. */
public interface Learner extends AutoCloseable {
  /** Numbers that a trained model gives for a test row: one a class, or 1 of a regression. */
  int scores();

  /**
   * Everything that decides its scores beside training and test rows: settings by name, always in
   * the same order, for a journal is known by the bytes of them.
   */
  Map<String, Object> settings();

  /**
   * Trains on every subset, on all threads that this learner was given.
   *
   * @param kept {@code (subsets, groups)}; equal subsets may be trained twice
   * @param sink told of every subset once, as soon as its scores are there; calls may come from
   *     several threads at once and in any order
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted
   */
  void train(Masks kept, Sink sink);

  @Override
  default void close() {}

  /** Hears what trained models say. */
  @FunctionalInterface
  interface Sink {
    /**
     * The scores of the model of one subset.
     *
     * @param subset its row in the masks
     * @param scores {@code (test rows, scores)} row-major; the learner uses the array again once
     *     this returns
     */
    void scores(int subset, double[] scores);
  }
}
