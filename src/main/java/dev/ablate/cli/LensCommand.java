package dev.ablate.cli;

import dev.ablate.backend.Backends;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.io.FileIdentity;
import dev.ablate.jobs.Batch;
import dev.ablate.jobs.Explainer;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that explains inputs under a model by lenses. */
abstract class LensCommand implements Callable<Integer>, SettingOptions.Command {
  private final Lenses lenses;

  @Spec private CommandSpec spec;
  @Mixin private ExplanationOutput output;

  @ArgGroup(exclusive = false)
  private Many many;

  @Mixin private ModelOption model;

  /** Many texts, one explanation file each. */
  static final class Many {
    @Option(
        names = "--input",
        paramLabel = "FILE",
        required = true,
        description =
            "many texts or prompts, a line each: {\"text\": \"…\", \"id\": \"…\"}; id is optional;"
                + " or segments or messages in place of text, and an answer")
    private Path input;

    @Option(
        names = "--out",
        paramLabel = "DIR",
        required = true,
        description = "folder for their explanations, ID.json each, and summary.jsonl")
    private Path out;
  }

  LensCommand(Lenses lenses) {
    this.lenses = lenses;
  }

  /** The command as it was given. */
  CommandSpec spec() {
    return spec;
  }

  /** What becomes of explanations. */
  ExplanationOutput output() {
    return output;
  }

  /** Whether there are many inputs. */
  boolean isMany() {
    return many != null;
  }

  /** Checks, before the work, what only this command writes. */
  void checkOwn(CommandFiles files) {}

  /** Writes what only this command writes of an explanation. */
  void emitOwn(Explanation explanation) {}

  /** Which model is meant. */
  ModelOption model() {
    return model;
  }

  @Override
  public List<Setting<?>> settings() {
    return Stream.of(Backends.SETTINGS, lenses.settings(), RunSettings.ALL)
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }

  @Override
  public Integer call() {
    Settings given = SettingOptions.given(spec, settings());
    return call(given, lenses.of(given, many != null));
  }

  private <M extends AutoCloseable, I> int call(Settings given, LensKind<M, I> kind) {
    Request request = new Request(given);
    request.requireConsistent();
    Path journal = request.journal();
    Lens<M, I> lens = kind.lens(given);
    CommandFiles files = new CommandFiles();
    kind.reads(given).forEach((file, by) -> files.reads(SettingOptions.flag(by.name()), file));
    output.tell(files);
    checkOwn(files);
    output.check(kind.outputs(given), request.index());
    Batch<I> batch = null;
    if (many != null) {
      output.refuseFor("--input");
      files.reads("--input", many.input);
      batch = new Batch<>(Items.read(many.input, kind), many.out, journal);
      tell(batch, files);
    } else if (journal != null) {
      journal = FileIdentity.followed(journal);
      files.keeps("--resume", List.of(journal));
      Journal.requirePlace(journal);
    }
    model.tell(files);
    try (Backends.Choice choice = Backends.open(given);
        Model<M> opened =
            new Model<>(kind.open(model.named(), given, threads(given), choice.backend()))) {
      Explainer<M, I> explainer =
          new Explainer<>(lens, opened.opened(), request, new Runner(choice));
      if (batch == null) {
        OneExplanation.make(
            explainer, kind.read(given.get(kind.input())), journal, output, spec, this::emitOwn);
      } else {
        explain(batch, explainer);
      }
    }
    return 0;
  }

  private static <I> void tell(Batch<I> batch, CommandFiles files) {
    files.writes(
        "--out",
        Stream.concat(batch.items().stream().map(batch::file), Stream.of(batch.summary()))
            .toList());
    if (batch.journals() != null) {
      files.keeps("--resume", batch.items().stream().map(batch::journal).toList());
    }
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

  private <M, I> void explain(Batch<I> batch, Explainer<M, I> explainer) {
    SecondInterrupt.endsAtOnce();
    int failed;
    BatchOutput<I> results = new BatchOutput<>(spec, batch.items().size());
    try (results) {
      failed = batch.explain(explainer, threads(explainer.request().settings()), results);
    }
    if (failed > 0) {
      List<Path> earlier =
          results.failed().stream().map(batch::file).filter(Files::exists).toList();
      boolean all = failed == batch.items().size();
      String others = all ? "" : "; the others are in " + batch.out();
      String where = all ? "; in " + batch.out() + " " : ", where ";
      throw new InputException(
          failed
              + " of "
              + batch.items().size()
              + " inputs could not be explained"
              + others
              + (earlier.isEmpty() ? "" : where + earlier(earlier)));
    }
  }

  private static String earlier(List<Path> files) {
    Path first = files.get(0).getFileName();
    return files.size() == 1
        ? first + " is of an earlier run"
        : files.size() + " files are of an earlier run, such as " + first;
  }

  static int threads(Settings given) {
    int asked = given.get(Backends.THREADS).intValue();
    return asked == 0 ? Runtime.getRuntime().availableProcessors() : asked;
  }
}
