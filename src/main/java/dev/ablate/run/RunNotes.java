package dev.ablate.run;

import dev.ablate.explanation.Output;
import dev.ablate.explanation.R2Kind;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.solve.Method;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import dev.ablate.solve.Solver;
import dev.ablate.solve.Solvers;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Lines that people should know of a run: of its outputs, its masks and its test. */
final class RunNotes {
  private RunNotes() {}

  /** What is said of outputs, each line once: of all of them as it is, of some with their names. */
  static List<String> ofOutputs(
      List<Output> outputs, List<Solution> solutions, List<Score> scores) {
    Map<String, Set<String>> about = new LinkedHashMap<>();
    for (int o = 0; o < outputs.size(); o++) {
      String target = outputs.get(o).target();
      Stream.concat(scores.get(o).notes().stream(), solutions.get(o).notes().stream())
          .forEach(note -> about.computeIfAbsent(note, n -> new LinkedHashSet<>()).add(target));
    }
    return about.entrySet().stream()
        .map(
            said ->
                said.getValue().size() == outputs.size()
                    ? said.getKey()
                    : String.join(", ", said.getValue()) + ": " + said.getKey())
        .toList();
  }

  /** What a table lacks that the method counts on. */
  static List<String> ofTable(Samples samples, Solver solver) {
    boolean drawnElsewhere = samples.design() instanceof Design.Foreign;
    boolean needsUniform = solver.method().masks() == Method.MaskKind.UNIFORM;
    boolean uniform = samples.design().sampling() == MaskSampling.UNIFORM;
    return drawnElsewhere && needsUniform && !uniform
        ? List.of(
            "the masks are not uniform: coefficients and R² speak of these masks, not of all masks")
        : List.of();
  }

  /** R² on part of the fitted masks speaks of masks that are drawn like them. */
  static List<String> ofSampling(Design design, List<Score> scores, boolean fresh) {
    MaskSampling sampling = design.sampling();
    boolean bySize = sampling != null && sampling != MaskSampling.UNIFORM;
    boolean heldOut = scores.stream().anyMatch(score -> score.kind() == R2Kind.HELD_OUT);
    return bySize && heldOut && !fresh && !(design instanceof Design.Foreign)
        ? List.of("R² is of masks drawn by size, as the fitted ones are, and not of uniform ones")
        : List.of();
  }

  /** A test on masks that were fitted says nothing of others; of every mask there are no others. */
  static List<String> ofTest(Table table, Table test) {
    if (test == null || Solvers.holdsAll(table.masks())) {
      return List.of();
    }
    int seen = test.masks().among(table.masks());
    return seen == 0
        ? List.of()
        : List.of(
            seen
                + " of the "
                + test.masks().count()
                + " test masks were fitted too: R² on them says nothing of other masks");
  }
}
