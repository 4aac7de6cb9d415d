package dev.ablate.lens.heads;

import dev.ablate.backend.Backend;
import dev.ablate.lens.LensKind;
import dev.ablate.lens.text.PromptLensKind;
import dev.ablate.lens.text.TextLensKind;
import dev.ablate.model.ComponentChoice;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.SwitchedModel;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Components of a network as commands meet them, by what names the examples. */
public abstract class HeadsLensKind implements LensKind<SwitchedModel, Examples> {
  /** Many examples, to be averaged. */
  public static final Setting<String> EXAMPLES =
      Setting.of(
          "data",
          "FILE",
          new Kind.Text(),
          "examples, a JSON object a line or CSV: text and label; prompt and answer, perhaps"
              + " against; or clean and corrupted prompts");

  /** One text. */
  public static final HeadsLensKind TEXT =
      new HeadsLensKind() {
        private final TextLensKind texts = new TextLensKind();

        @Override
        public Setting<String> input() {
          return texts.input();
        }

        @Override
        public Examples read(String named) {
          return new Examples(List.of(Example.of(texts.read(named))));
        }
      };

  /** One prompt. */
  public static final HeadsLensKind PROMPT =
      new HeadsLensKind() {
        private final PromptLensKind prompts = new PromptLensKind();

        @Override
        public Setting<String> input() {
          return prompts.input();
        }

        @Override
        public Examples read(String named) {
          return new Examples(List.of(Example.of(prompts.read(named))));
        }

        @Override
        Path file(String named) {
          return new Kind.File().read(input().name(), named);
        }
      };

  /** A file of examples. */
  public static final HeadsLensKind DATA =
      new HeadsLensKind() {
        @Override
        public Setting<String> input() {
          return EXAMPLES;
        }

        @Override
        public Examples read(String named) {
          return ExampleFile.read(file(named), EXAMPLES.toString());
        }

        @Override
        Path file(String named) {
          return new Kind.File().read(input().name(), named);
        }
      };

  private HeadsLensKind() {}

  /** The file that holds the examples; null where they are given as they are. */
  Path file(String named) {
    return null;
  }

  @Override
  public List<Setting<?>> settings() {
    return HeadsLens.SETTINGS;
  }

  @Override
  public Examples read(Map<String, Object> keys) {
    return new Examples(List.of(ExampleReader.read(keys, null)));
  }

  /** The components that settings choose. */
  public static ComponentChoice choice(Settings given) {
    return ComponentChoice.parse(given.get(HeadsLens.COMPONENTS), given.get(HeadsLens.LAYERS));
  }

  @Override
  public SwitchedModel open(String named, Settings given, int threads, Backend backend) {
    return SwitchedModel.open(ModelDirectory.namedOrBundled(named), choice(given), threads);
  }

  @Override
  public int outputs(Settings given) {
    // How many examples there are is known once they are read.
    return Boolean.TRUE.equals(given.get(HeadsLens.EACH)) ? 2 : 1;
  }

  @Override
  public Map<Path, Setting<?>> reads(Settings given) {
    Map<Path, Setting<?>> files = new LinkedHashMap<>();
    String named = given.get(input());
    if (named != null && file(named) != null) {
      files.put(file(named), input());
    }
    if (given.get(HeadsLens.REFERENCE) != null) {
      files.put(given.get(HeadsLens.REFERENCE), HeadsLens.REFERENCE);
    }
    return files;
  }

  @Override
  public HeadsLens lens(Settings given) {
    return HeadsLens.of(given);
  }
}
