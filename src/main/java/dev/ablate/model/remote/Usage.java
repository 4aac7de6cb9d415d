package dev.ablate.model.remote;

/**
 * Tokens of one answer, as the server counts them; -1 for what it does not say.
 *
 * @param prompt tokens that were sent, in its own tokens, special ones included
 * @param completion tokens that it made
 * @param cached those of the prompt that it had in its cache
 */
public record Usage(long prompt, long completion, long cached) {
  /** Nothing was said. */
  public static final Usage UNKNOWN = new Usage(-1, -1, -1);
}
