package dev.ablate.cli;

import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.jobs.KeptException;
import java.nio.file.InvalidPathException;
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
    // The parser says so of options that go together, and only of them.
    String reason = OneLine.of(failure.getMessage()).replaceFirst("^Error: ", "");
    print(command, reason + " (see " + name(command) + " --help)");
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
    if (failure instanceof InvalidPathException path) {
      print(command, OneLine.of(Words.unusable(path) + ": name another file"));
      return INPUT;
    }
    if (failure instanceof OutOfDeviceMemoryException) {
      print(command, OneLine.of(failure.getMessage()) + more);
      return INSIDE;
    }
    return inside(failure, command, more);
  }

  /** The first of its causes that says something: an error that changes threads loses its words. */
  private static Throwable told(Throwable failure) {
    Throwable told = failure;
    while (told.getMessage() == null && told.getCause() != null) {
      told = told.getCause();
    }
    return told;
  }

  private static int inside(Throwable failure, CommandLine command, String more) {
    Throwable told = told(failure);
    print(
        command,
        "failed inside: "
            + told.getClass().getSimpleName()
            + (told.getMessage() == null ? "" : ": " + OneLine.of(told.getMessage()))
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
      print(command, memory(told(failure).getMessage()) + more);
      return INSIDE;
    }
    return inside(failure, command, more);
  }

  /** The line of a process that is told to end while it works. */
  static String stopped(String where) {
    return "stopped; " + InputException.named(where, SettingOptions::flag);
  }

  /** Java calls three things so: a full heap, an array that no heap helps, and threads. */
  static String memory(String said) {
    String told = said == null ? "Java does not say where" : said;
    if (told.contains("thread")) {
      return "no more threads can be started ("
          + told
          + "): ask for fewer with --threads, or allow this user more processes (ulimit -u)";
    }
    if (told.contains("array size")) {
      return "more than one array of Java holds ("
          + told
          + "): ask for fewer masks or lower orders, more memory does not help";
    }
    return "out of memory ("
        + told
        + "): ask for fewer masks or lower orders, or give Java more with --memory 16g (-Xmx16g where"
        + " java is started by itself)";
  }

  /** A result that did not reach its reader. */
  static int lostOutput(CommandLine command) {
    print(command, LOST_OUTPUT);
    return INPUT;
  }

  private static void print(CommandLine command, String line) {
    command.getErr().println("ablate: " + Characters.line(line));
    command.getErr().flush();
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName();
  }
}
