package dev.ablate.io;

import dev.ablate.game.Values;
import java.util.List;

/**
 * Values of a file.
 *
 * @param values the values
 * @param names of their outputs; empty where the file has none
 */
public record NamedValues(Values values, List<String> names) {}
