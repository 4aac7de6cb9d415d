package dev.ablate.cli;

import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
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

  /** A word whose bytes are no text, or that holds the character which stands for such bytes. */
  static int unreadable(int word, CommandLine command) {
    print(
        command,
        "word "
            + word
            + " of the command holds bytes that are no UTF-8, or U+FFFD, which stands for them:"
            + " give it in UTF-8, in a locale with UTF-8 (LC_ALL=C.UTF-8); a text that really holds"
            + " U+FFFD goes into a file for --input");
    return INPUT;
  }

  /** A command that failed while it ran. */
  static int execution(Exception failure, CommandLine command, ParseResult parsed) {
    if (failure instanceof InputException input) {
      print(command, input.message(SettingOptions::flag));
      return INPUT;
    }
    if (failure instanceof OutOfDeviceMemoryException) {
      print(command, failure.getMessage());
      return INSIDE;
    }
    return inside(failure, command);
  }

  private static int inside(Throwable failure, CommandLine command) {
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

  /** An error of the virtual machine, most often memory that is used up. */
  static int error(Error failure, CommandLine command) {
    if (failure instanceof OutOfMemoryError) {
      print(
          command,
          "out of memory ("
              + failure.getMessage()
              + "): ask for fewer masks or lower orders, or give Java more with"
              + " ABLATE_JAVA_OPTIONS=-Xmx16g");
      return INSIDE;
    }
    return inside(failure, command);
  }

  /** A result that did not reach its reader. */
  static int lostOutput(CommandLine command) {
    print(
        command,
        "standard output is closed or full, so that results are missing: free the place or write to"
            + " a file");
    return INPUT;
  }

  private static void print(CommandLine command, String line) {
    // Paths, labels and texts may hold line breaks; a message never does.
    command.getErr().println("ablate: " + line.replaceAll("\\p{Cntrl}+", " "));
    command.getErr().flush();
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName();
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse(message);
  }
}
