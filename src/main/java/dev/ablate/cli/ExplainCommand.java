package dev.ablate.cli;

import dev.ablate.backend.Backends;
import dev.ablate.code.InputException;
import dev.ablate.jobs.Batch;
import dev.ablate.jobs.Explainer;
import dev.ablate.jobs.Item;
import dev.ablate.jobs.Items;
import dev.ablate.lens.Lens;
import dev.ablate.lens.LensKind;
import dev.ablate.lens.Lenses;
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

  @ArgGroup(exclusive = false)
  private Many many;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "folder with model.onnx, tokenizer.json and config.json (default: the bundled sentiment"
              + " model)")
  private Path modelDirectory;

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
    return call(given, Lenses.of(given, many != null));
  }

  private <M extends AutoCloseable, I> int call(Settings given, LensKind<M, I> kind) {
    Request request = new Request(given);
    request.requireConsistent();
    Path journal = request.journal();
    Lens<M, I> lens = kind.lens(given);
    output.check(kind.outputs(given), request.index());
    if (many != null) {
      output.refuseFor("--input");
    } else if (journal != null) {
      output.refuseFile("--resume", journal);
      Journal.requirePlace(journal);
    }
    List<Item<I>> items = many == null ? null : Items.read(many.input, kind);
    try (Backends.Choice choice = Backends.open(given);
        Model<M> model = new Model<>(kind.open(modelDirectory, threads(given)))) {
      Explainer<M, I> explainer =
          new Explainer<>(lens, model.opened(), request, new Runner(choice));
      if (items == null) {
        explain(kind.read(given.get(kind.input())), journal, explainer);
      } else {
        explain(new Batch<>(items, many.out, journal), explainer);
      }
    }
    return 0;
  }

  /** Closes a model without a checked exception. */
  private record Model<M extends AutoCloseable>(M opened) implements AutoCloseable {
    @Override
    public void close() {
      try {
        opened.close();
      } catch (Exception e) {
        throw new IllegalStateException("closing the model", e);
      }
    }
  }

  private <M, I> void explain(I input, Path journal, Explainer<M, I> explainer) {
    try (MaskProgress progress = new MaskProgress()) {
      output.emit(explainer.explain(input, journal, progress), spec);
    }
  }

  private <M, I> void explain(Batch<I> batch, Explainer<M, I> explainer) {
    int failed = batch.explain(explainer, new BatchOutput<>(spec));
    if (failed > 0) {
      throw new InputException(
          failed
              + " of "
              + batch.items().size()
              + " inputs could not be explained; the others are in "
              + batch.out());
    }
  }

  private static int threads(Settings given) {
    int asked = given.get(Backends.THREADS).intValue();
    return asked == 0 ? Runtime.getRuntime().availableProcessors() : asked;
  }
}
