package dev.ablate.lens;

import dev.ablate.code.InputException;
import dev.ablate.lens.text.PromptLensKind;
import dev.ablate.lens.text.TextLensKind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The lenses there are. */
public final class Lenses {
  /** All of them; a new one joins here. The first reads files of many inputs that name no other. */
  public static final List<LensKind<?, ?>> ALL = List.of(new TextLensKind(), new PromptLensKind());

  private Lenses() {}

  /** The settings of all of them, each once. */
  public static List<Setting<?>> settings() {
    return ALL.stream()
        .flatMap(kind -> Stream.concat(Stream.of(kind.input()), kind.settings().stream()))
        .<Setting<?>>map(setting -> setting)
        .distinct()
        .toList();
  }

  /**
   * The kind whose input is set.
   *
   * @param many whether a file of many inputs takes its place
   * @throws InputException if there is none, several, or one beside a file of many
   */
  public static LensKind<?, ?> of(Settings given, boolean many) {
    List<LensKind<?, ?>> asked =
        ALL.stream().<LensKind<?, ?>>filter(kind -> given.get(kind.input()) != null).toList();
    if (asked.size() + (many ? 1 : 0) != 1) {
      String inputs =
          ALL.stream().map(kind -> kind.input().toString()).collect(Collectors.joining(", "));
      throw new InputException(
          "give one of " + inputs + ", or " + InputException.setting("input") + " for many");
    }
    return many ? ALL.get(0) : asked.get(0);
  }
}
