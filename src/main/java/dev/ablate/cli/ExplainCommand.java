package dev.ablate.cli;

import dev.ablate.backend.Backends;
import dev.ablate.code.InputException;
import dev.ablate.jobs.Batch;
import dev.ablate.jobs.Explainer;
import dev.ablate.jobs.Item;
import dev.ablate.jobs.TextItems;
import dev.ablate.lens.Lenses;
import dev.ablate.lens.text.TextLens;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextModel;
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
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ablate explain}: which parts of a text act together in a model's decision. */
@Command(
    name = "explain",
    description = "Explains which parts of a text act together in a model's decision.",
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer>, SettingOptions.Command {
  @Spec private CommandSpec spec;
  @Mixin private ExplanationOutput output;

  @ArgGroup(multiplicity = "1")
  private What what;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "folder with model.onnx, tokenizer.json and config.json (default: the bundled sentiment"
              + " model)")
  private Path modelDirectory;

  /** One text, or a file of them. */
  static final class What {
    @Option(names = "--text", paramLabel = "TEXT", required = true, description = "the text")
    private String text;

    @ArgGroup(exclusive = false)
    private Many many;
  }

  /** Many texts, one explanation file each. */
  static final class Many {
    @Option(
        names = "--input",
        paramLabel = "FILE",
        required = true,
        description = "many texts, a line each: {\"text\": \"…\", \"id\": \"…\"}; id is optional")
    private Path input;

    @Option(
        names = "--out",
        paramLabel = "DIR",
        required = true,
        description = "folder for their explanations, ID.json each")
    private Path out;
  }

  @Override
  public List<Setting<?>> settings() {
    return Stream.of(Backends.SETTINGS, Lenses.settings(), RunSettings.ALL)
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }

  @Override
  public Integer call() {
    Settings given = SettingOptions.given(spec, settings());
    Request request = new Request(given);
    request.requireConsistent();
    Path journal = request.journal();
    TextLens lens = TextLens.of(given);
    output.check(Math.max(1, lens.targets().size()), request.index());
    if (what.many != null) {
      output.refuseFor("--input");
    } else if (journal != null) {
      output.refuseFile("--resume", journal);
      Journal.requirePlace(journal);
    }
    List<Item<String>> items = what.many == null ? null : TextItems.read(what.many.input);
    ModelDirectory directory =
        modelDirectory == null ? ModelDirectory.bundled() : ModelDirectory.open(modelDirectory);
    try (Backends.Choice choice = Backends.open(given);
        TextModel model = directory.load(threads(given))) {
      Explainer<TextModel, String> explainer =
          new Explainer<>(lens, model, request, new Runner(choice));
      if (items == null) {
        try (MaskProgress progress = new MaskProgress()) {
          output.emit(explainer.explain(what.text, journal, progress), spec);
        }
      } else {
        explain(new Batch<>(items, what.many.out, journal), explainer);
      }
    }
    return 0;
  }

  private void explain(Batch<String> batch, Explainer<TextModel, String> explainer) {
    int failed = batch.explain(explainer, new BatchOutput(spec));
    if (failed > 0) {
      throw new InputException(
          failed
              + " of "
              + batch.items().size()
              + " texts could not be explained; the others are in "
              + batch.out());
    }
  }

  private static int threads(Settings given) {
    int asked = given.get(Backends.THREADS).intValue();
    return asked == 0 ? Runtime.getRuntime().availableProcessors() : asked;
  }
}
