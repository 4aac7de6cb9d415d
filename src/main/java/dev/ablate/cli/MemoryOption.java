package dev.ablate.cli;

import dev.ablate.work.Memory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * How much memory Java may use. The launcher reads it, as Java must know before it starts, and says
 * by a property that it did.
 */
final class MemoryOption {
  private static final String SIZE = "[1-9][0-9]*[kKmMgG]?";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "most memory that Java may use for what is worked on, such as 8g or 900m (default: what"
              + " Java takes by itself, a quarter of the machine's)")
  private void set(String size) {
    if (!size.matches(SIZE)) {
      throw refused(": give a size such as 8g or 900m", size);
    }
    if (!size.equals(System.getProperty(Memory.ASKED))) {
      throw refused(" is heeded by ./ablate alone: start java with -Xmx" + size, size);
    }
  }

  private ParameterException refused(String why, String size) {
    return new ParameterException(spec.commandLine(), "--memory " + size + why);
  }
}
