package dev.ablate.lens.data;

import dev.ablate.train.Learner;

/**
 * A learner that is ready to train on subsets of a training set.
 *
 * @param name what trains, such as {@code ridge}
 * @param kind what its scores are
 * @param learner the learner itself
 */
public record OpenLearner(String name, ScoreKind kind, Learner learner) implements AutoCloseable {
  @Override
  public void close() {
    learner.close();
  }
}
