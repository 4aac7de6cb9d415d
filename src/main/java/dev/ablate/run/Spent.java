package dev.ablate.run;

import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.solve.Solution;
import java.util.List;
import java.util.Map;

/**
 * What came of the masks that were evaluated.
 *
 * @param design the masks that were fitted
 * @param ends host values {@code (2, outputs)} with nothing kept and with everything kept
 * @param solutions one an output
 * @param scores one an output
 * @param settings what was chosen on the way, for the provenance
 * @param notes lines for the user
 */
record Spent(
    Design design,
    Values ends,
    List<Solution> solutions,
    List<Score> scores,
    Map<String, Object> settings,
    List<String> notes) {}
