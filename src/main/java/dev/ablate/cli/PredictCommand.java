package dev.ablate.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Values;
import dev.ablate.io.AtomicFiles;
import dev.ablate.io.ExplanationJson;
import dev.ablate.io.MaskFile;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Masks;
import dev.ablate.setting.Setting;
import dev.ablate.table.CsvInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ablate predict}: what an explanation's spectrum says about masks. */
@Command(
    name = "predict",
    description = "Evaluates an explanation's spectrum on masks.",
    mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<Integer>, SettingOptions.Command {
  @Spec private CommandSpec spec;
  @Mixin private JsonOption json;

  @Option(
      names = "--explanation",
      paramLabel = "FILE",
      required = true,
      description = "explanation.json, as written by --json")
  private Path explanationFile;

  @Option(
      names = "--masks",
      paramLabel = "FILE",
      required = true,
      description = "masks as NPY: bool or uint8, (masks, features); or packed uint64")
  private Path masksFile;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "values as NPY, float64: (masks,), or (masks, outputs) for several outputs")
  private Path out;

  @Override
  public List<Setting<?>> settings() {
    return Backends.SETTINGS;
  }

  @Override
  public Integer call() {
    requireNpy();
    CommandFiles files = new CommandFiles();
    files.reads("--explanation", explanationFile);
    files.reads("--masks", masksFile);
    files.writes("--out", out);
    json.check(files);
    AtomicFiles.requireWritable(out);
    Explanation explanation = ExplanationJson.read(explanationFile);
    Masks masks = MaskFile.read(masksFile, explanation.features());
    if (masks.features() != explanation.features()) {
      throw new InputException(
          masksFile
              + ": "
              + masks.features()
              + " features, but "
              + explanationFile
              + " has "
              + explanation.features());
    }
    double[][] predicted;
    try (Backend backend = Backends.open(SettingOptions.given(spec, settings())).backend()) {
      predicted = explanation.predictAll(masks, backend);
    }
    Values values = Values.zeros(masks.count(), predicted.length);
    for (int o = 0; o < predicted.length; o++) {
      for (int r = 0; r < masks.count(); r++) {
        values.set(r, o, predicted[o][r]);
      }
    }
    ValueFile.write(out, values);
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.put("masks", masks.count()).put("outputs", predicted.length).put("out", out.toString());
    json.write(result, spec);
    if (!json.toStandardOutput()) {
      String line = masks.count() + " values in " + Characters.line(out.toString());
      spec.commandLine().getOut().println(line);
    }
    return 0;
  }

  /** What is called otherwise would be read otherwise. */
  private void requireNpy() {
    String name = out.toString();
    if (name.equals("-")) {
      throw new InputException(
          "--out -: values are written as NPY, which is no text to print: name a file, such as"
              + " predicted.npy");
    }
    if (CsvInput.isCsv(out) || name.toLowerCase(Locale.ROOT).endsWith(".npz")) {
      throw new InputException(
          "--out " + name + ": values are written as NPY: name a file that ends in .npy");
    }
  }
}
