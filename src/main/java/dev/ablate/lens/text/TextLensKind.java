package dev.ablate.lens.text;

import dev.ablate.code.InputException;
import dev.ablate.lens.LensKind;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextModel;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Texts under a classifier. */
public final class TextLensKind implements LensKind<TextModel, String> {
  /** One text. */
  public static final Setting<String> TEXT =
      Setting.of("text", "TEXT", new Kind.Text(), "the text");

  @Override
  public Setting<String> input() {
    return TEXT;
  }

  @Override
  public List<Setting<?>> settings() {
    return TextLens.SETTINGS;
  }

  @Override
  public String read(Map<String, Object> keys) {
    if (keys.get("text") instanceof String text && !text.isBlank()) {
      return text;
    }
    throw new InputException("no \"text\"; give {\"text\": \"…\"}");
  }

  @Override
  public String read(String named) {
    return named;
  }

  @Override
  public TextModel open(Path folder, int threads) {
    ModelDirectory directory =
        folder == null ? ModelDirectory.bundled() : ModelDirectory.open(folder);
    return directory.load(threads);
  }

  @Override
  public int outputs(Settings given) {
    return Math.max(1, TextLens.of(given).targets().size());
  }

  @Override
  public TextLens lens(Settings given) {
    return TextLens.of(given);
  }
}
