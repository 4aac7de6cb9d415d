package dev.ablate.cli;

import dev.ablate.backend.Backends;
import dev.ablate.explanation.Explanation;
import dev.ablate.lens.TextLens;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextModel;
import dev.ablate.run.Journal;
import dev.ablate.run.Request;
import dev.ablate.run.Runner;
import java.nio.file.Path;
import java.util.concurrent.Callable;
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
final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine;
  @Mixin private LensOptions lensOptions;
  @Mixin private RequestOptions requestOptions;
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

  @Option(
      names = "--budget",
      paramLabel = "B",
      description = "most masks to evaluate for fitting (default: min(2^n, 8 n log2 n))")
  private Long budget;

  @Option(
      names = "--test-masks",
      paramLabel = "N",
      defaultValue = "200",
      description = "held-out masks on top, for R² (default: ${DEFAULT-VALUE})")
  private int testMasks;

  @Option(
      names = "--target-r2",
      paramLabel = "R",
      description =
          "evaluates masks in rounds until R² on the held-out masks reaches R, at most --budget"
              + " (default: the whole budget at once)")
  private Double targetR2;

  @Option(
      names = "--resume",
      paramLabel = "FILE",
      description =
          "journal of evaluated masks: made where there is none, otherwise its values are reused;"
              + " with --input a folder, ID.journal for each text")
  private Path journal;

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
  public Integer call() {
    Request request = requestOptions.request(budget, testMasks).withTargetR2(targetR2);
    request.requireConsistent();
    TextLens lens = lensOptions.lens();
    output.check(Math.max(1, lens.targets().size()), request.index());
    if (what.many != null) {
      output.refuseFor("--input");
    } else if (journal != null) {
      output.refuseFile("--resume", journal);
      Journal.requirePlace(journal);
    }
    TextBatch batch = what.many == null ? null : TextBatch.read(what.many.input, what.many.out);
    ModelDirectory directory =
        modelDirectory == null ? ModelDirectory.bundled() : ModelDirectory.open(modelDirectory);
    try (Backends.Choice choice = engine.open();
        TextModel model = directory.load(modelThreads())) {
      Runner runner = new Runner(choice);
      Explainer explainer = new Explainer(model, lens, request, runner);
      if (batch == null) {
        output.emit(explainer.explain(what.text, journal), spec);
      } else {
        batch.explain(explainer::explain, journal, spec);
      }
    }
    return 0;
  }

  private int modelThreads() {
    return engine.threads() == 0 ? Runtime.getRuntime().availableProcessors() : engine.threads();
  }

  /** One model and request, for any number of texts. */
  private record Explainer(TextModel model, TextLens lens, Request request, Runner runner) {
    Explanation explain(String text, Path journal) {
      try (MaskProgress progress = new MaskProgress()) {
        return runner.explain(lens.game(model, text), request.withJournal(journal), progress);
      }
    }
  }
}
