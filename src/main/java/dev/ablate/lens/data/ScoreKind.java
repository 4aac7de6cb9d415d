package dev.ablate.lens.data;

/** What the scores of a trained model are. */
public enum ScoreKind {
  /** A softmax makes probabilities of them. */
  LOGITS,
  /** Shares of the neighbours, which are probabilities as they stand. */
  SHARES,
  /** Fitted to 1 for the label and 0 for the others, or to the target of a regression. */
  TARGETS,
  /** What the command of a trainer says: the values themselves. */
  VALUES
}
