package dev.ablate.cli;

import dev.ablate.lens.Lenses;
import picocli.CommandLine.Command;

/** {@code ablate explain}: which parts of a text act together in a model's decision. */
@Command(
    name = "explain",
    description = "Explains which parts of a text or a prompt act together in a model's answer.",
    mixinStandardHelpOptions = true)
final class ExplainCommand extends LensCommand {
  ExplainCommand() {
    super(Lenses.INPUTS);
  }
}
