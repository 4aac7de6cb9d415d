package dev.ablate.run;

import dev.ablate.explanation.RoundsReport;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.solve.Solution;
import java.util.List;

/**
 * What came of the masks that were evaluated.
 *
 * @param design the masks that were fitted
 * @param ends host values {@code (2, outputs)} with nothing kept and with everything kept
 * @param solutions one an output
 * @param scores one an output
 * @param rounds how masks were spent in rounds, null without rounds
 * @param notes lines for the user
 */
record Outcome(
    Design design,
    Values ends,
    List<Solution> solutions,
    List<Score> scores,
    RoundsReport rounds,
    List<String> notes) {}
