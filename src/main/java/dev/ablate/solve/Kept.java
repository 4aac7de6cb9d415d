package dev.ablate.solve;

/**
 * What a file holds under keys without a type of their own: it is written again as it was read.
 * Only {@code io} looks inside.
 */
public interface Kept {}
