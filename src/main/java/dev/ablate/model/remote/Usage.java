package dev.ablate.model.remote;

import com.fasterxml.jackson.databind.JsonNode;

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

  /** What a reply says. */
  static Usage of(JsonNode reply) {
    JsonNode usage = reply.path("usage");
    return new Usage(
        count(usage.path("prompt_tokens")),
        count(usage.path("completion_tokens")),
        count(usage.path("prompt_tokens_details").path("cached_tokens")));
  }

  private static long count(JsonNode said) {
    return said.canConvertToExactIntegral() && said.canConvertToLong() ? said.longValue() : -1;
  }
}
