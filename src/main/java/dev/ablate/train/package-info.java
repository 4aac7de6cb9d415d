/**
 * Models trained on subsets of a training set: what the lens of training data asks. Internal but for
 * what {@code docs/api.md} lists.
 */
package dev.ablate.train;
