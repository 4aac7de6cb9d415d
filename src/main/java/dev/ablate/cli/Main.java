package dev.ablate.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The command line: one sub-command a class. */
@Command(
    name = "ablate",
    description = "Finds which parts of a model's input act together.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
  /** In the order of the help. */
  private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("explain", ExplainCommand::new);
    COMMANDS.put("heads", HeadsCommand::new);
    COMMANDS.put("prune", PruneCommand::new);
    COMMANDS.put("data", DataCommand::new);
    COMMANDS.put("design", DesignCommand::new);
    COMMANDS.put("solve", SolveCommand::new);
    COMMANDS.put("predict", PredictCommand::new);
    COMMANDS.put("best", BestCommand::new);
    COMMANDS.put("devices", DevicesCommand::new);
    COMMANDS.put("selftest", SelftestCommand::new);
    COMMANDS.put("tune", TuneCommand::new);
  }

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Where a command that was named is the only one, the others need not be made. */
  static CommandLine commandLine(String[] arguments) {
    CommandLine ablate = new CommandLine(new Main());
    boolean named = arguments.length > 0 && COMMANDS.containsKey(arguments[0]);
    for (String name : named ? List.of(arguments[0]) : COMMANDS.keySet()) {
      CommandLine command = new CommandLine(COMMANDS.get(name).get());
      command.getCommandSpec().versionProvider(new Version());
      SettingOptions.add(command);
      ablate.addSubcommand(name, command);
    }
    return ablate;
  }

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
    CommandLine ablate = commandLine(arguments);
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
      int unreadable = unreadable(arguments);
      if (unreadable > 0) {
        return Failures.unreadable(unreadable, ablate);
      }
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

  /**
   * The number, counted from 1, of the first word that Java could not decode; 0 if there is none.
   * Java decodes words in the locale's encoding and leaves U+FFFD where bytes are none of it.
   */
  private static int unreadable(String[] arguments) {
    for (int word = 0; word < arguments.length; word++) {
      if (arguments[word].indexOf('\uFFFD') >= 0) {
        return word + 1;
      }
    }
    return 0;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
