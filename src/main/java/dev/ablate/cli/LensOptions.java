package dev.ablate.cli;

import dev.ablate.code.InputException;
import dev.ablate.lens.Ablation;
import dev.ablate.lens.TextLens;
import dev.ablate.lens.Unit;
import dev.ablate.lens.ValueFunction;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** What is ablated, how, and what is asked of the model. */
final class LensOptions {
  @Option(
      names = "--unit",
      paramLabel = "U",
      defaultValue = "word",
      description = "what one feature is: word, token or sentence (default: ${DEFAULT-VALUE})")
  private String unit;

  @Option(
      names = "--ablate",
      paramLabel = "A",
      defaultValue = "mask",
      description =
          "what becomes of an ablated feature's tokens: mask, unk or remove (default:"
              + " ${DEFAULT-VALUE})")
  private String ablation;

  @Option(
      names = "--value",
      paramLabel = "V",
      defaultValue = "log-odds",
      description = "log-odds, logit or probability of a label (default: ${DEFAULT-VALUE})")
  private String value;

  @Option(
      names = "--target",
      paramLabel = "LABEL",
      split = ",",
      description = "labels to explain, by name or number (default: the predicted one)")
  private List<String> targets = List.of();

  @Option(
      names = "--keep",
      paramLabel = "FEATURE",
      description =
          "features that are never ablated: numbers from 0, ranges such as 0-3, or their text;"
              + " separated by commas")
  private List<String> keep = List.of();

  /** The lens that was asked for. */
  TextLens lens() {
    return new TextLens(
        choice("--unit", unit, Unit.values()),
        choice("--ablate", ablation, Ablation.values()),
        choice("--value", value, ValueFunction.values()),
        targets,
        keep);
  }

  private static <E extends Enum<E>> E choice(String option, String word, E[] choices) {
    for (E choice : choices) {
      if (choice.toString().equalsIgnoreCase(word)) {
        return choice;
      }
    }
    String known = Arrays.stream(choices).map(E::toString).collect(Collectors.joining(", "));
    throw new InputException(option + " " + word + ": unknown; use " + known);
  }
}
