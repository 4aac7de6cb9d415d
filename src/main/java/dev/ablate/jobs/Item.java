package dev.ablate.jobs;

/**
 * One of many inputs.
 *
 * @param id names its files; letters, digits, {@code _}, {@code -} and {@code .}
 * @param input what is explained
 * @param line where it was read, from 1
 * @param sha256 of all that was read of it but the id, in hexadecimal
 * @param <I> what a lens takes apart
 */
public record Item<I>(String id, I input, int line, String sha256) {}
