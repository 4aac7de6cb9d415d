package dev.ablate.cli;

import dev.ablate.backend.Backends;
import dev.ablate.io.FileIdentity;
import dev.ablate.jobs.Explainer;
import dev.ablate.lens.data.DataLens;
import dev.ablate.lens.data.DataReader;
import dev.ablate.lens.data.DataSettings;
import dev.ablate.lens.data.OpenLearner;
import dev.ablate.lens.data.TrainingData;
import dev.ablate.run.Request;
import dev.ablate.run.RunSettings;
import dev.ablate.run.Runner;
import dev.ablate.run.journal.Journal;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ablate data}: which training examples act together. */
@Command(
    name = "data",
    description =
        "Explains which training examples, alone and together, make a model predict what it"
            + " predicts, by training it anew on many subsets.",
    mixinStandardHelpOptions = true)
final class DataCommand implements Callable<Integer>, SettingOptions.Command {
  @Spec private CommandSpec spec;
  @Mixin private ExplanationOutput output;

  @Override
  public List<Setting<?>> settings() {
    return Stream.of(Backends.SETTINGS, DataSettings.ALL, RunSettings.ALL)
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }

  @Override
  public Integer call() {
    Settings given = SettingOptions.given(spec, settings());
    Request request = new Request(given);
    request.requireConsistent();
    DataLens lens = DataLens.of(given);
    CommandFiles files = new CommandFiles();
    DataReader.files(given)
        .forEach((file, by) -> files.reads(SettingOptions.flag(by.name()), file));
    output.tell(files);
    // How many test rows there are is known once they are read.
    output.check(lens.each() ? 2 : 1, request.index());
    Path journal = request.journal();
    if (journal != null) {
      journal = FileIdentity.followed(journal);
      files.keeps("--resume", List.of(journal));
      Journal.requirePlace(journal);
    }
    TrainingData data = DataReader.read(given);
    try (Backends.Choice choice = Backends.open(given);
        OpenLearner learner =
            OpenLearner.open(given, data, LensCommand.threads(given), choice.backend())) {
      Explainer<OpenLearner, TrainingData> explainer =
          new Explainer<>(lens, learner, request, new Runner(choice));
      OneExplanation.make(explainer, data, journal, output, spec, explanation -> {});
    }
    return 0;
  }
}
