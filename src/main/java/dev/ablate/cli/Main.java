package dev.ablate.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The command line: one sub-command a class. */
@Command(
    name = "ablate",
    description = "Finds which parts of a model's input act together.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ExplainCommand.class,
      DesignCommand.class,
      SolveCommand.class,
      PredictCommand.class,
      DevicesCommand.class,
      SelftestCommand.class,
      TuneCommand.class
    })
public final class Main implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Runs a command and ends the process with its status. */
  public static void main(String[] arguments) {
    // Nobody else in this process uses JavaCPP: Ablate loads the few of its libraries that it
    // needs.
    System.setProperty("org.bytedeco.javacpp.loadlibraries", "false");
    System.exit(
        run(arguments, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
  }

  /**
   * Runs a command.
   *
   * @param arguments the words after {@code ablate}
   * @param out receives results
   * @param err receives progress and failures
   * @return 0; 2 for a usage or input error; 1 for a failure inside
   */
  public static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    CommandLine ablate = new CommandLine(new Main());
    for (CommandLine command : ablate.getSubcommands().values()) {
      command.getCommandSpec().versionProvider(new Version());
      SettingOptions.add(command);
    }
    Words.teach(ablate);
    ablate
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        // A text may begin with @; it names no file of further words.
        .setExpandAtFiles(false)
        .setExecutionStrategy(Main::execute)
        .setParameterExceptionHandler(Failures::usage)
        .setExecutionExceptionHandler(Failures::execution);
    try {
      int status = ablate.execute(arguments);
      return status == 0 && out.checkError() ? Failures.lostOutput(ablate) : status;
    } catch (Error e) {
      return Failures.error(e, ablate);
    }
  }

  private static int execute(ParseResult parsed) {
    Words.requireSomething(parsed);
    return new CommandLine.RunLast().execute(parsed);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
