package dev.ablate.cli;

import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.io.BestSubsetJson;
import dev.ablate.io.ExplanationJson;
import dev.ablate.search.BestSubset;
import dev.ablate.search.Goal;
import dev.ablate.search.SubsetSearch;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import dev.ablate.view.BestSubsetView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ablate best}: which features to keep, by an explanation's spectrum. */
@Command(
    name = "best",
    description = "Finds the best set of features of a size, by an explanation's spectrum.",
    mixinStandardHelpOptions = true)
final class BestCommand implements Callable<Integer>, SettingOptions.Command {
  @Spec private CommandSpec spec;
  @Mixin private JsonOption json;

  @Option(
      names = "--explanation",
      paramLabel = "FILE",
      required = true,
      description = "explanation.json, as written by --json")
  private Path explanationFile;

  @Option(names = "--max", description = "the set of the largest value (the default)")
  private boolean max;

  @Option(names = "--min", description = "the set of the smallest value")
  private boolean min;

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description = "one of several outputs, by its target; all of them without it")
  private String output;

  @Override
  public List<Setting<?>> settings() {
    return List.of(SubsetSearch.SIZE, SubsetSearch.WORK);
  }

  @Override
  public Integer call() {
    Settings settings = SettingOptions.given(spec, settings());
    if (settings.get(SubsetSearch.SIZE) == null) {
      throw new InputException("--size is missing: say how many features to keep");
    }
    if (min && max) {
      throw new InputException(
          "--min and --max: a set has the smallest or the largest value, give one");
    }
    CommandFiles files = new CommandFiles();
    files.reads("--explanation", explanationFile);
    json.check(files);
    Explanation explanation = ExplanationJson.read(explanationFile);
    List<Output> outputs = chosen(explanation);
    Goal goal = min ? Goal.MIN : Goal.MAX;
    List<BestSubset> found = new ArrayList<>();
    try {
      for (Output each : outputs) {
        found.add(
            SubsetSearch.best(
                each.spectrum(),
                each.link(),
                settings.get(SubsetSearch.SIZE),
                goal,
                settings.get(SubsetSearch.WORK)));
      }
    } catch (InputException e) {
      throw e.at(explanationFile.toString());
    }
    if (!min && !max && outputs.stream().anyMatch(Output::lessIsBetter)) {
      spec.commandLine()
          .getErr()
          .println("ablate: note: of a loss less is better: --min finds the set that keeps it low");
      spec.commandLine().getErr().flush();
    }
    json.write(out -> BestSubsetJson.write(out, explanation, outputs, goal, found), spec);
    if (!json.toStandardOutput()) {
      spec.commandLine().getOut().print(BestSubsetView.render(explanation, outputs, goal, found));
      spec.commandLine().getOut().flush();
    }
    return 0;
  }

  private List<Output> chosen(Explanation explanation) {
    List<Output> all = explanation.outputs();
    if (output == null) {
      return all;
    }
    List<Output> named = all.stream().filter(each -> each.target().equals(output)).toList();
    if (named.isEmpty()) {
      throw new InputException(
          "--output "
              + output
              + ": "
              + explanationFile
              + " has "
              + OneLine.brief(String.join(", ", all.stream().map(Output::target).toList()), 200)
              + "; name one of them");
    }
    return named;
  }
}
