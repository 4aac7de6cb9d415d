/**
 * Models trained anew on each of many subsets of a training set.
 *
 * <p>Internal: public only for the layers above, except the types in docs/api.md.
 */
package dev.ablate.train;
