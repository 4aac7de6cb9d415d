package dev.ablate.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.game.Budget;
import dev.ablate.io.AtomicFiles;
import dev.ablate.io.DesignFiles;
import dev.ablate.mask.Design;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.Masks;
import dev.ablate.run.Designs;
import dev.ablate.run.Request;
import dev.ablate.run.RunSettings;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import dev.ablate.solve.SolverSettings;
import dev.ablate.solve.Solvers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ablate design}: masks to evaluate elsewhere. */
@Command(
    name = "design",
    description =
        "Writes the masks that a method wants, to evaluate them elsewhere: DIR/masks.npy and"
            + " DIR/design.json.",
    mixinStandardHelpOptions = true)
final class DesignCommand implements Callable<Integer>, SettingOptions.Command {
  @Spec private CommandSpec spec;
  @Mixin private JsonOption json;
  @Mixin private MemoryOption memory;

  @Option(names = "--features", paramLabel = "N", required = true, description = "features")
  private int features;

  @Option(
      names = "--packed",
      description = "writes 64 features a word (uint64) instead of a byte each")
  private boolean packed;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "folder to write")
  private Path out;

  @Override
  public List<Setting<?>> settings() {
    return Stream.concat(
            Backends.SETTINGS.stream(),
            Stream.of(
                SolverSettings.METHOD,
                RunSettings.SEED,
                RunSettings.INDEX,
                RunSettings.BUDGET,
                RunSettings.SAMPLING))
        .toList();
  }

  @Override
  public Integer call() {
    Settings given = SettingOptions.given(spec, settings());
    if (features < 1 || features > Masks.MOST_FEATURES) {
      throw new InputException(
          "--features " + features + ": must be from 1 to " + Masks.MOST_FEATURES);
    }
    DesignFiles pair = new DesignFiles(out);
    CommandFiles files = new CommandFiles();
    files.writes("--out", List.of(pair.masks(), pair.design()));
    json.check(files);
    Request request = new Request(given);
    Budget limit = request.budget() == null ? Budget.standard(features) : request.budget();
    Design design =
        Solvers.choose(given, features, limit)
            .plan(features, limit.masks(), request.sampling(), request.seed());
    int distinct;
    try (Backend backend = Backends.open(given).backend()) {
      Masks masks = Designs.masks(design, backend);
      distinct = DistinctMasks.of(masks).masks().count();
      AtomicFiles.fill(out, () -> pair.write(masks, packed, design));
    }
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result
        .put("kind", design.kind())
        .put("features", features)
        .put("masks", design.masks())
        .put("distinct_masks", distinct)
        .put("out", out.toString());
    json.write(result, spec);
    if (!json.toStandardOutput()) {
      spec.commandLine()
          .getOut()
          .println(
              design.masks()
                  + " masks ("
                  + distinct
                  + " different) of "
                  + features
                  + " features, "
                  + design.kind()
                  + ", in "
                  + Characters.line(pair.masks().toString()));
    }
    return 0;
  }
}
