package dev.ablate.explanation;

/**
 * How a spectrum was found.
 *
 * @param asked method that was asked for, such as {@code auto}
 * @param ran method that ran, such as {@code proxyspex}
 * @param refine refinement that ran: {@code none}, {@code ridge} or {@code lasso}
 */
public record Method(String asked, String ran, String refine) {}
