package dev.ablate.cli;

/** What the output goes to. The launcher knows; without it Java's console is the best guess. */
final class Terminal {
  private Terminal() {}

  /** Whether standard output is a terminal that wants colours. */
  static boolean colours() {
    return is("ablate.stdout.terminal")
        && System.getenv("NO_COLOR") == null
        && !"dumb".equals(System.getenv("TERM"));
  }

  /** Whether standard error is a terminal, where progress may be drawn. */
  static boolean progress() {
    return is("ablate.stderr.terminal");
  }

  private static boolean is(String property) {
    String known = System.getProperty(property);
    return known == null ? System.console() != null : Boolean.parseBoolean(known);
  }
}
