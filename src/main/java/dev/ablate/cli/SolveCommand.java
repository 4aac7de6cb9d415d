package dev.ablate.cli;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.io.DesignJson;
import dev.ablate.io.MaskFile;
import dev.ablate.io.NamedMasks;
import dev.ablate.io.NamedValues;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskRows;
import dev.ablate.mask.Masks;
import dev.ablate.run.Designs;
import dev.ablate.run.Request;
import dev.ablate.run.RunSettings;
import dev.ablate.run.Runner;
import dev.ablate.run.TableSource;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import dev.ablate.table.NameList;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ablate solve}: explains a table that was evaluated elsewhere. */
@Command(
    name = "solve",
    description = "Recovers the spectrum behind masks that were evaluated elsewhere.",
    mixinStandardHelpOptions = true)
final class SolveCommand implements Callable<Integer>, SettingOptions.Command {
  @Spec private CommandSpec spec;
  @Mixin private ExplanationOutput output;

  @Option(
      names = "--masks",
      paramLabel = "FILE",
      required = true,
      description =
          "masks as NPY (or FILE.npz:name), (masks, features): bool or uint8, or packed uint64; or"
              + " as CSV of 0 and 1")
  private Path masksFile;

  @Option(
      names = "--values",
      paramLabel = "FILE",
      required = true,
      description = "values as NPY, (masks,) or (masks, outputs): float32 or float64; or as CSV")
  private Path valuesFile;

  @Option(
      names = "--design",
      paramLabel = "FILE",
      description = "design.json that came with the masks; SPEX needs it")
  private Path designFile;

  @Option(
      names = "--features",
      paramLabel = "N",
      description = "features of packed masks without a design")
  private Integer features;

  @Option(
      names = "--names",
      paramLabel = "FILE",
      description = "names of the features, one a line; those of a CSV file if missing")
  private Path namesFile;

  @Option(names = "--test-masks", paramLabel = "FILE", description = "fresh masks to score on")
  private Path testMasksFile;

  @Option(names = "--test-values", paramLabel = "FILE", description = "their values")
  private Path testValuesFile;

  @Override
  public List<Setting<?>> settings() {
    return Stream.of(Backends.SETTINGS, RunSettings.FITTING)
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }

  @Override
  public Integer call() {
    Settings given = SettingOptions.given(spec, settings());
    if ((testMasksFile == null) != (testValuesFile == null)) {
      throw new InputException("--test-masks and --test-values go together: give both or neither");
    }
    CommandFiles files = new CommandFiles();
    files.reads("--masks", masksFile);
    files.reads("--values", valuesFile);
    files.reads("--design", designFile);
    files.reads("--names", namesFile);
    files.reads("--test-masks", testMasksFile);
    files.reads("--test-values", testValuesFile);
    output.tell(files);
    Design design = designFile == null ? null : DesignJson.read(designFile);
    if (design != null && features != null && features != design.features()) {
      throw new InputException(
          "--features " + features + ": the design has " + design.features() + " features");
    }
    Integer known = design == null ? features : Integer.valueOf(design.features());
    TableSource table = table(masksFile, valuesFile, known, design);
    TableSource test =
        testMasksFile == null
            ? null
            : table(testMasksFile, testValuesFile, table.masks().features(), null);
    requireAlike(table, test);
    table = named(table);
    test = test == null ? null : named(test);
    Request asked = new Request(given);
    output.check(table.values().outputs(), asked.index());
    try (Backends.Choice choice = Backends.open(given)) {
      if (design != null) {
        requireDesign(table, design, choice.backend());
      }
      Explanation explanation;
      try (MaskProgress progress = new MaskProgress()) {
        explanation = new Runner(choice).solve(table, test, asked, progress);
      }
      output.emit(explanation, spec);
    }
    return 0;
  }

  private TableSource table(Path masks, Path values, Integer known, Design design) {
    NamedMasks read = MaskFile.open(masks, known);
    NamedValues outcome = ValueFile.open(values);
    MaskRows rows = design == null ? read.rows() : MaskRows.of(read.rows().all());
    return new TableSource(
        rows,
        outcome.values(),
        design == null ? new Design.Foreign(rows.features(), rows.count()) : design,
        read.names().isEmpty() ? numbered(rows.features()) : read.names(),
        outcome.names().isEmpty()
            ? TableSource.numbered(outcome.values().outputs())
            : outcome.names());
  }

  /** With the names that were given in the place of those of the file of masks. */
  private TableSource named(TableSource table) {
    return namesFile == null
        ? table
        : new TableSource(
            table.masks(),
            table.values(),
            table.design(),
            NameList.read(namesFile, table.masks().features(), "features"),
            table.outputNames());
  }

  private void requireAlike(TableSource table, TableSource test) {
    if (test == null) {
      return;
    }
    requireNames(
        numbered(table.masks().features()),
        table.featureNames(),
        test.featureNames(),
        testMasksFile + ": its columns are not those of " + masksFile + "; give the same features");
    if (test.values().outputs() != table.values().outputs()) {
      throw new InputException(
          testValuesFile
              + ": "
              + test.values().outputs()
              + " outputs, but "
              + valuesFile
              + " has "
              + table.values().outputs());
    }
    requireNames(
        TableSource.numbered(table.values().outputs()),
        table.outputNames(),
        test.outputNames(),
        testValuesFile
            + ": its columns are not those of "
            + valuesFile
            + "; give the same outputs");
  }

  /** Where both files have names, they are the same. */
  private static void requireNames(
      List<String> none, List<String> names, List<String> ofTest, String said) {
    boolean named = !names.equals(none) && !ofTest.equals(none);
    if (named && !names.equals(ofTest)) {
      throw new InputException(said + " in the same order");
    }
  }

  private static List<String> numbered(int features) {
    return IntStream.range(0, features).mapToObj(Integer::toString).toList();
  }

  private void requireDesign(TableSource table, Design design, Backend backend) {
    if (design.masks() != table.masks().count()) {
      throw new InputException(
          masksFile
              + ": "
              + table.masks().count()
              + " masks, but "
              + designFile
              + " has "
              + design.masks()
              + "; give the masks.npy that was written beside it");
    }
    if (design instanceof Design.Foreign) {
      return;
    }
    Masks expected = Designs.masks(design, backend);
    if (!Arrays.equals(expected.hostWords(), table.masks().all().hostWords())) {
      throw new InputException(
          masksFile
              + ": not the masks of "
              + designFile
              + "; give the masks.npy that was written beside it, rows in the same order");
    }
  }
}
