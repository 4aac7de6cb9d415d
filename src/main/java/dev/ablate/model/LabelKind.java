package dev.ablate.model;

/** How the labels of a model relate to each other, and so what its logits mean. */
public enum LabelKind {
  /** One label is right: probabilities are a softmax over all logits. */
  EXCLUSIVE,
  /** Each label is right or wrong by itself: its probability is the sigmoid of its logit. */
  INDEPENDENT,
  /** The outputs are numbers of their own, such as a score that was fitted by regression. */
  NUMBERS
}
