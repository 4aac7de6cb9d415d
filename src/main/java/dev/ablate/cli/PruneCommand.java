package dev.ablate.cli;

import dev.ablate.backend.Backends;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.io.PruningJson;
import dev.ablate.jobs.Keeper;
import dev.ablate.jobs.PruneSettings;
import dev.ablate.jobs.Pruner;
import dev.ablate.lens.heads.Examples;
import dev.ablate.lens.heads.HeadsLensKind;
import dev.ablate.model.SwitchedModel;
import dev.ablate.run.Runner;
import dev.ablate.search.Pruning;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import dev.ablate.view.PruningView;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ablate prune}: which components of a network to keep, and what that leaves. */
@Command(
    name = "prune",
    description =
        "Finds which attention heads, MLP blocks or neurons of a network to keep: sets of several"
            + " sizes, chosen by some examples and scored on others.",
    mixinStandardHelpOptions = true)
final class PruneCommand implements Callable<Integer>, SettingOptions.Command {
  @Spec private CommandSpec spec;
  @Mixin private JsonOption json;
  @Mixin private MemoryOption memory;

  @Mixin private ModelOption model;

  @Override
  public List<Setting<?>> settings() {
    return Stream.of(Backends.SETTINGS, PruneSettings.ALL)
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }

  @Override
  public Integer call() {
    Settings given = SettingOptions.given(spec, settings());
    HeadsLensKind kind = HeadsLensKind.DATA;
    if (given.get(kind.input()) == null) {
      throw new InputException(kind.input() + " is missing: name a file of examples");
    }
    CommandFiles files = new CommandFiles();
    kind.reads(given).forEach((file, by) -> files.reads(SettingOptions.flag(by.name()), file));
    model.tell(files);
    json.check(files);
    Examples examples = kind.read(given.get(kind.input()));
    try (Backends.Choice choice = Backends.open(given);
        SwitchedModel opened =
            kind.open(model.named(), given, LensCommand.threads(given), choice.backend())) {
      Pruner pruner =
          new Pruner(kind.lens(given), opened, given, new Runner(choice), choice.backend());
      keeper(given)
          .during(
              kept -> {
                Pruning pruning;
                try (MaskProgress progress = new MaskProgress()) {
                  pruning = pruner.prune(examples, progress, kept);
                }
                emit(pruning);
                return pruning;
              });
    }
    return 0;
  }

  private Keeper keeper(Settings given) {
    List<Path> parents = new ArrayList<>(json.folders());
    parents.addAll(Keeper.fallbacks());
    PrintWriter err = spec.commandLine().getErr();
    return new Keeper(
        parents,
        "ablate-evaluated",
        given,
        where -> {
          err.println("ablate: " + Failures.stopped(where));
          err.flush();
        });
  }

  private void emit(Pruning pruning) {
    PrintWriter err = spec.commandLine().getErr();
    pruning.notes().forEach(note -> err.println("ablate: note: " + OneLine.of(note)));
    err.flush();
    try {
      json.write(out -> PruningJson.write(out, pruning), spec);
    } finally {
      // What a file does not take may still be read.
      if (!json.toStandardOutput()) {
        spec.commandLine().getOut().print(PruningView.render(pruning));
        spec.commandLine().getOut().flush();
      }
    }
    if (json.file() == null && spec.commandLine().getOut().checkError()) {
      throw new InputException(Failures.LOST_OUTPUT);
    }
  }
}
