package dev.ablate.model.remote;

/**
 * What went to a server and came back so far.
 *
 * @param requests requests that were sent, those sent again included
 * @param retries those that were sent again
 * @param promptTokens tokens of prompts in answers that came, as the server counts them
 * @param completionTokens tokens that it made
 * @param cachedTokens tokens of prompts that it had in its cache; 0 where it does not say
 */
public record Traffic(
    long requests, long retries, long promptTokens, long completionTokens, long cachedTokens) {}
