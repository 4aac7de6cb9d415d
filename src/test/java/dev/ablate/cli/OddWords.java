package dev.ablate.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Command lines with something odd among their words. */
final class OddWords {
  private static final String SOLVE =
      "solve --masks @masks.npy --values @values.npy --backend host";

  private static final List<String> COMMANDS =
      List.of(
          "explain --model @model --text never,fails --backend host",
          "explain --model @model --text never,fails --backend host --target 0 --keep 0",
          "explain --model @model --text never,fails --backend host --resume @new --order 2",
          "explain --model @model --input @texts.jsonl --out @out --backend host",
          "design --features 3 --out @out --backend host",
          "design --features 12 --out @out --method spex --budget 4000 --packed --backend host",
          SOLVE,
          SOLVE + " --json @out.json --shapiq @shapiq.json --index sii",
          SOLVE + " --test-masks @masks.npy --test-values @values.npy --method gp --terms 3",
          "solve --masks @packed.npy --values @two.npy --features 4 --backend host",
          "predict --explanation @contest.json --masks @ten.npy --out @out.npy --backend host",
          "devices --backend host",
          "selftest --backend host:1",
          "tune --backend host --out @table --only walsh");

  private static final List<String> VALUES =
      List.of(
          "",
          " ",
          ",",
          " , ,",
          "0",
          "1",
          "-1",
          "2147483647",
          "2147483648",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "1e400",
          "1e-400",
          "NaN",
          "Infinity",
          "0x10",
          "1d",
          "\u0663",
          "\uFF11",
          "1.5",
          "1,5",
          "0.5",
          "a,b",
          "\n",
          "a\nb",
          "\u001b[31mred",
          "\u009b31m",
          "\u202eback",
          "\u0000",
          "\ud800",
          "\uD83D\uDE42",
          "x".repeat(300),
          "x".repeat(5000),
          "-",
          "--",
          "--text",
          "auto",
          "EXACT",
          "opencl:99",
          "cuda:-1");

  /** What stands behind an option that names a file, beside the values above as names. */
  private static final List<String> PLACES =
      List.of(
          "@",
          "@none/x.json",
          "@dangling",
          "@masks.npy",
          "@masks.npy/x.json",
          "@stored.npz",
          "@stored.npz:m",
          "@stored.npz:",
          "@contest.json",
          "@texts.jsonl",
          "@model",
          "@model/config.json",
          "/dev/null",
          "/dev/zero");

  private OddWords() {}

  /** A command with one to three changes. */
  static List<String> of(Random random) {
    List<String> words =
        new ArrayList<>(List.of(COMMANDS.get(random.nextInt(COMMANDS.size())).split(" ")));
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      change(words, random);
    }
    // These two work for minutes where there is a device.
    boolean long_ = words.get(0).equals("selftest") || words.get(0).equals("tune");
    if (long_ && !words.contains("--backend")) {
      words.add("--backend=none");
    }
    keepInFolder(words);
    return words;
  }

  private static void change(List<String> words, Random random) {
    int at = 1 + random.nextInt(words.size());
    switch (random.nextInt(8)) {
      case 0 -> words.remove(at == words.size() ? at - 1 : at);
      case 1 -> words.add(at, VALUES.get(random.nextInt(VALUES.size())));
      case 2, 3 -> words.addAll(option(words.get(0), random));
      default -> replaceValue(words, random);
    }
    if (words.isEmpty()) {
      words.add("explain");
    }
  }

  private static void replaceValue(List<String> words, Random random) {
    List<Integer> options = new ArrayList<>();
    for (int w = 1; w + 1 < words.size(); w++) {
      if (words.get(w).startsWith("--") && words.get(w).length() > 2) {
        options.add(w);
      }
    }
    if (!options.isEmpty()) {
      int chosen = options.get(random.nextInt(options.size()));
      OptionSpec option = command(words.get(0)).getCommandSpec().findOption(words.get(chosen));
      words.set(chosen + 1, value(option, random));
    }
  }

  private static List<String> option(String command, Random random) {
    List<OptionSpec> all = command(command).getCommandSpec().options();
    OptionSpec option = all.get(random.nextInt(all.size()));
    return option.arity().max() == 0
        ? List.of(option.longestName())
        : List.of(option.longestName(), value(option, random));
  }

  private static String value(OptionSpec option, Random random) {
    String odd = VALUES.get(random.nextInt(VALUES.size()));
    return isPath(option) && random.nextBoolean() ? PLACES.get(random.nextInt(PLACES.size())) : odd;
  }

  private static boolean isPath(OptionSpec option) {
    return option != null && option.paramLabel().matches(".*(FILE|DIR).*");
  }

  /** Whatever stands behind an option that names a file, none is made outside of the folder. */
  private static void keepInFolder(List<String> words) {
    CommandLine command = command(words.get(0));
    for (int w = 1; w + 1 < words.size(); w++) {
      String value = words.get(w + 1);
      boolean standardOutput = value.equals("-") && words.get(w).equals("--json");
      boolean kept = value.isBlank() || value.matches("[@/].*") || standardOutput;
      if (isPath(command.getCommandSpec().findOption(words.get(w))) && !kept) {
        words.set(w + 1, "@" + value);
      }
    }
  }

  private static CommandLine command(String name) {
    CommandLine ablate = Main.commandLine(new String[] {name});
    return ablate.getSubcommands().getOrDefault(name, ablate);
  }
}
