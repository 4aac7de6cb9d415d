package dev.ablate.cli;

import dev.ablate.code.InputException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns failures into one line and an exit status. */
final class Failures {
  private static final int INSIDE = 1;
  private static final int INPUT = 2;

  private Failures() {}

  /** Words on the command line that cannot be used. */
  static int usage(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    print(command, firstLine(failure.getMessage()) + " (see " + name(command) + " --help)");
    return INPUT;
  }

  /** A command that failed while it ran. */
  static int execution(Exception failure, CommandLine command, ParseResult parsed) {
    if (failure instanceof InputException) {
      print(command, failure.getMessage());
      return INPUT;
    }
    print(
        command,
        "failed inside: "
            + failure.getClass().getSimpleName()
            + (failure.getMessage() == null ? "" : ": " + firstLine(failure.getMessage()))
            + " (ABLATE_TRACE=1 prints where)");
    if (System.getenv("ABLATE_TRACE") != null) {
      failure.printStackTrace(command.getErr());
    }
    return INSIDE;
  }

  private static void print(CommandLine command, String line) {
    command.getErr().println("ablate: " + line);
    command.getErr().flush();
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName();
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse(message);
  }
}
