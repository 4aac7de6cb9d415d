package dev.ablate.jobs;

/**
 * One of many inputs.
 *
 * @param id names its files; letters, digits, {@code _}, {@code -} and {@code .}
 * @param input what is explained
 * @param line where it was read, from 1
 * @param <I> what a lens takes apart
 */
public record Item<I>(String id, I input, int line) {}
