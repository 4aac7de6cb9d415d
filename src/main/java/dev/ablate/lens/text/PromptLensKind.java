package dev.ablate.lens.text;

import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prompts in files under a model. */
public final class PromptLensKind extends TextLensKind {
  /** One prompt. */
  public static final Setting<String> PROMPT =
      Setting.of(
          "prompt",
          "FILE",
          new Kind.Text(),
          "a JSON file with the messages of a chat, or with segments of a text");

  @Override
  public Setting<String> input() {
    return PROMPT;
  }

  private static Path path(String named) {
    return new Kind.File().read(PROMPT.name(), named);
  }

  @Override
  public PromptSource read(String named) {
    return PromptReader.file(path(named), PROMPT.toString());
  }

  @Override
  public Map<Path, Setting<?>> reads(Settings given) {
    Map<Path, Setting<?>> files = new LinkedHashMap<>(super.reads(given));
    if (given.get(PROMPT) != null) {
      files.put(path(given.get(PROMPT)), PROMPT);
    }
    return files;
  }
}
