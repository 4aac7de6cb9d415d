package dev.ablate.lens;

import dev.ablate.code.InputException;
import dev.ablate.lens.heads.HeadsLensKind;
import dev.ablate.lens.text.PromptLensKind;
import dev.ablate.lens.text.TextLensKind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The lenses that one command offers.
 *
 * @param kinds all of them; the first reads files of many inputs that name no other
 */
public record Lenses(List<LensKind<?, ?>> kinds) {
  /** Parts of an input are ablated. */
  public static final Lenses INPUTS = new Lenses(List.of(new TextLensKind(), new PromptLensKind()));

  /** Parts of a network are. */
  public static final Lenses COMPONENTS =
      new Lenses(List.of(HeadsLensKind.TEXT, HeadsLensKind.PROMPT, HeadsLensKind.DATA));

  /** Copies the list. */
  public Lenses {
    kinds = List.copyOf(kinds);
  }

  /** The settings of all of them, each once. */
  public List<Setting<?>> settings() {
    return kinds.stream()
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
  public LensKind<?, ?> of(Settings given, boolean many) {
    List<LensKind<?, ?>> asked =
        kinds.stream().<LensKind<?, ?>>filter(kind -> given.get(kind.input()) != null).toList();
    if (asked.size() + (many ? 1 : 0) != 1) {
      String inputs =
          kinds.stream().map(kind -> kind.input().toString()).collect(Collectors.joining(", "));
      throw new InputException(
          "give one of " + inputs + ", or " + InputException.setting("input") + " for many");
    }
    return many ? kinds.get(0) : asked.get(0);
  }
}
