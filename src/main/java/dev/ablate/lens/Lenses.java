package dev.ablate.lens;

import dev.ablate.lens.text.TextLens;
import dev.ablate.setting.Setting;
import java.util.List;

/** The lenses there are. */
public final class Lenses {
  private Lenses() {}

  /** The settings of all of them, each once. */
  public static List<Setting<?>> settings() {
    return TextLens.DEFAULT.settings();
  }
}
