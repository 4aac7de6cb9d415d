package dev.ablate.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.lens.Lenses;
import dev.ablate.lens.heads.HeadsLens;
import dev.ablate.lens.heads.HeadsLensKind;
import dev.ablate.model.Component;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.SwitchedModel;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ablate heads}: which parts of a network act together. */
@Command(
    name = "heads",
    description =
        "Explains which attention heads, MLP blocks or neurons of a network act together, by"
            + " switching them off.",
    mixinStandardHelpOptions = true)
final class HeadsCommand extends LensCommand {
  private static final Set<Setting<?>> OF_LISTS = Set.of(HeadsLens.COMPONENTS, HeadsLens.LAYERS);

  @Option(
      names = "--list",
      description = "prints the components of the model with layers, shapes and nodes")
  private boolean list;

  @Mixin private SvgOption svg;

  HeadsCommand() {
    super(Lenses.COMPONENTS);
  }

  @Override
  public Integer call() {
    return list ? list() : super.call();
  }

  @Override
  void checkOwn(CommandFiles files) {
    if (isMany()) {
      requireNoPicture("--input");
    }
    svg.check(files);
  }

  @Override
  void emitOwn(Explanation explanation) {
    svg.write(explanation);
  }

  private void requireNoPicture(String option) {
    if (svg.file() != null) {
      throw new InputException(
          "--svg draws one explanation and does nothing with " + option + "; leave it away");
    }
  }

  private int list() {
    Settings given = SettingOptions.given(spec(), settings());
    output().refuseFilesFor("--list");
    requireNoPicture("--list");
    requireNoLens(given);
    CommandFiles files = new CommandFiles();
    model().tell(files);
    output().json().check(files);
    try (SwitchedModel model =
        SwitchedModel.open(
            ModelDirectory.namedOrBundled(model().named()), HeadsLensKind.choice(given), 1)) {
      output().json().write(json(model.components()), spec());
      if (!output().json().toStandardOutput()) {
        PrintWriter out = spec().commandLine().getOut();
        print(model, out);
        out.flush();
      }
    }
    return 0;
  }

  /** Refuses what is about explanations, or about how they are made. */
  private void requireNoLens(Settings given) {
    if (isMany()) {
      throw new InputException("--list explains nothing; leave --input and --out away");
    }
    for (Setting<?> setting : settings()) {
      if (given.set().contains(setting) && !OF_LISTS.contains(setting)) {
        throw new InputException(
            setting + " does nothing with --list, which runs no text; leave one of the two away");
      }
    }
  }

  /** A line for each tensor: the components that lie side by side in it. */
  private static void print(SwitchedModel model, PrintWriter out) {
    List<String[]> rows = new ArrayList<>();
    List<Component> all = model.components();
    for (int from = 0; from < all.size(); ) {
      int to = from + 1;
      while (to < all.size() && all.get(from).isBeside(all.get(to))) {
        to++;
      }
      Component first = all.get(from);
      String names = first.name() + (to - from > 1 ? "-" + all.get(to - 1).name() : "");
      rows.add(
          new String[] {
            names,
            "layer " + first.layer(),
            counted(first.kind(), to - from),
            first.shape(),
            Characters.line(first.node())
          });
      from = to;
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < row.length; c++) {
        int column = c;
        int width = rows.stream().mapToInt(each -> each[column].length()).max().orElse(0);
        line.append(row[c]).append(" ".repeat(width - row[c].length() + 2));
      }
      out.println(line.toString().stripTrailing());
    }
    out.println(all.size() + " components of the model " + Characters.line(model.text().name()));
    model.notes().forEach(note -> out.println(Characters.line(note)));
  }

  private static String counted(Component.Kind kind, int count) {
    return switch (kind) {
      case HEAD -> count + (count == 1 ? " head" : " heads");
      case MLP -> "MLP block";
      case NEURON -> count + (count == 1 ? " neuron" : " neurons");
    };
  }

  private static ArrayNode json(List<Component> components) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Component component : components) {
      list.addObject()
          .put("name", component.name())
          .put("kind", component.kind().name().toLowerCase(Locale.ROOT))
          .put("layer", component.layer())
          .put("number", component.number())
          .put("shape", component.shape())
          .put("node", component.node());
    }
    return list;
  }
}
