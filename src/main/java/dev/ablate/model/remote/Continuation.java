package dev.ablate.model.remote;

/**
 * How a model continues a text, or replies to a chat.
 *
 * @param text without what stopped it
 * @param usage as the server counts tokens
 */
public record Continuation(String text, Usage usage) {}
