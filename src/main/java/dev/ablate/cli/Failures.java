package dev.ablate.cli;

import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.code.InputException;
import dev.ablate.jobs.KeptException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns failures into one line and an exit status. */
final class Failures {
  private static final int INSIDE = 1;
  private static final int INPUT = 2;

  /** Results that did not reach their reader. */
  static final String LOST_OUTPUT =
      "standard output is closed or full, so that results are missing: free the place or write to a"
          + " file";

  private Failures() {}

  /** Words on the command line that cannot be used. */
  static int usage(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    print(command, firstLine(failure.getMessage()) + " (see " + name(command) + " --help)");
    return INPUT;
  }

  /** A command that failed while it ran. */
  static int execution(Exception failure, CommandLine command, ParseResult parsed) {
    if (failure instanceof KeptException kept) {
      Throwable cause = kept.getCause();
      String where = "; " + kept.where(SettingOptions::flag);
      return cause instanceof Error error
          ? error(error, command, where)
          : execution((Exception) cause, command, where);
    }
    return execution(failure, command, "");
  }

  private static int execution(Exception failure, CommandLine command, String more) {
    if (failure instanceof InputException input) {
      print(command, input.message(SettingOptions::flag) + more);
      return INPUT;
    }
    if (failure instanceof OutOfDeviceMemoryException) {
      print(command, failure.getMessage() + more);
      return INSIDE;
    }
    return inside(failure, command, more);
  }

  private static int inside(Throwable failure, CommandLine command, String more) {
    print(
        command,
        "failed inside: "
            + failure.getClass().getSimpleName()
            + (failure.getMessage() == null ? "" : ": " + firstLine(failure.getMessage()))
            + " (ABLATE_TRACE=1 prints where)"
            + more);
    if (System.getenv("ABLATE_TRACE") != null) {
      failure.printStackTrace(command.getErr());
    }
    return INSIDE;
  }

  /** An error of the virtual machine, most often memory that is used up. */
  static int error(Error failure, CommandLine command) {
    return error(failure, command, "");
  }

  private static int error(Error failure, CommandLine command, String more) {
    if (failure instanceof OutOfMemoryError) {
      print(
          command,
          "out of memory ("
              + failure.getMessage()
              + "): ask for fewer masks or lower orders, or give Java more with"
              + " ABLATE_JAVA_OPTIONS=-Xmx16g"
              + more);
      return INSIDE;
    }
    return inside(failure, command, more);
  }

  /** The line of a process that is told to end while it works. */
  static String stopped(String where) {
    return "stopped; " + InputException.named(where, SettingOptions::flag);
  }

  /** A result that did not reach its reader. */
  static int lostOutput(CommandLine command) {
    print(command, LOST_OUTPUT);
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
