package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.Output;
import dev.ablate.game.Subject;
import dev.ablate.solve.Method;
import dev.ablate.solve.Solution;
import dev.ablate.work.Work;
import java.util.List;

/**
 * Makes what an explanation says of each output of the solution that it has: its interactions are
 * read off here.
 */
record Outputs(Subject subject, Request request, List<Solution> solutions, Backend backend) {
  /**
   * One of the outputs, to be asked for in their order: each takes its share of the work that is
   * left.
   *
   * @param o its number
   * @param name what it is called
   */
  Output of(int o, String name, Fit fit) {
    return Work.part(
        "interactions", 1.0 / (solutions.size() - o), () -> output(solutions.get(o), name, fit));
  }

  private Output output(Solution solution, String name, Fit fit) {
    return new Output(
        name,
        subject.value(),
        new dev.ablate.explanation.Method(
            request.method().toString(), solution.ran(), solution.refine()),
        solution.spectrum(),
        solution.standardErrors(),
        solution.foundBy(),
        Interactions.of(solution.interactions(request.index(), request.order(), backend)),
        fit,
        solution.reading() == null ? null : source(solution),
        solution.link());
  }

  /** Other indices of the same fit, also when the backend of the run is closed. */
  private static Output.Source source(Solution solution) {
    return (index, order) -> {
      try (HostBackend host = new HostBackend()) {
        return Interactions.of(solution.interactions(index, order, host));
      }
    };
  }

  /** What {@code auto} became where it was no contest; any other method is what ran. */
  Method ran() {
    String word = solutions.get(0).ran();
    if (Method.EXACT.is(word)) {
      return Method.EXACT;
    }
    return request.method() == Method.AUTO && Method.SPEX.is(word) ? Method.SPEX : request.method();
  }
}
