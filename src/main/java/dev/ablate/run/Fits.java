package dev.ablate.run;

import dev.ablate.solve.Solution;
import java.util.List;

/**
 * What fitting came to.
 *
 * @param solutions one an output
 * @param own how well each does by what the solver itself held back, or where every mask is known
 *     on all of them
 * @param notes lines for the user about the masks and values that were fitted
 */
record Fits(List<Solution> solutions, List<Score> own, List<String> notes) {}
