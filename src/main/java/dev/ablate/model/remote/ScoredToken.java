package dev.ablate.model.remote;

/**
 * A token of a text that was sent, as the server cuts it.
 *
 * @param text what the server says that it says; it may be half a character
 * @param from where it begins in the text, in UTF-16 units; tokens that are parts of one character
 *     all have its place
 * @param to where it ends, exclusive
 * @param logProbability natural logarithm of its probability after all before it; NaN for the first
 *     token of a text that no special one precedes
 */
public record ScoredToken(String text, int from, int to, double logProbability) {}
