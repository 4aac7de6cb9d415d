package dev.ablate.cli;

import dev.ablate.explanation.Explanation;
import dev.ablate.jobs.Explainer;
import dev.ablate.jobs.Keeper;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;

/** Explains one input, with progress, and keeps what was evaluated until the result is written. */
final class OneExplanation {
  private OneExplanation() {}

  /**
   * Explains an input and writes what comes of it.
   *
   * @param journal keeps evaluated masks; null for none
   * @param own writes what only this command writes
   */
  static <M, I> void make(
      Explainer<M, I> explainer,
      I input,
      Path journal,
      ExplanationOutput output,
      CommandSpec spec,
      Consumer<Explanation> own) {
    List<Path> parents = new ArrayList<>(output.folders());
    parents.addAll(Keeper.fallbacks());
    PrintWriter err = spec.commandLine().getErr();
    Keeper keeper =
        new Keeper(
            parents,
            "ablate-evaluated",
            explainer.request().settings(),
            where -> {
              err.println("ablate: " + Failures.stopped(where));
              err.flush();
            });
    keeper.during(
        kept -> {
          Explanation explanation;
          try (MaskProgress progress = new MaskProgress()) {
            explanation = explainer.explain(input, journal, progress, kept);
          }
          output.emit(explanation, spec);
          own.accept(explanation);
          return explanation;
        });
  }
}
