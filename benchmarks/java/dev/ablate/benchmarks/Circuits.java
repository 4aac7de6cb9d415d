package dev.ablate.benchmarks;

import dev.ablate.Ablate;
import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Values;
import dev.ablate.lens.heads.Example;
import dev.ablate.lens.heads.Examples;
import dev.ablate.lens.heads.HeadsLens;
import dev.ablate.lens.heads.HeadsLensKind;
import dev.ablate.model.ComponentChoice;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.SwitchedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What the heads of small models do together, where it is known or can be measured in another way.
 *
 * <p>Arguments: {@code facts} for the bundled language model on its three tasks, {@code
 * --unpruned=DIR} for another such model; {@code --planted=DIR} for the folders of planted
 * encoders; {@code pruning} for the bundled sentiment model, {@code --examples=K} of the sentences
 * that it was not trained on behind the first {@code --skip=K}, beside {@code --random=N} random
 * sets, by default 5,000, with {@code --table=DIR} for a folder in which evaluated masks are kept
 * for later runs; {@code exhaustive} for its last two layers and all sets of half of their heads;
 * {@code triples} for the signs of interactions of three heads of both bundled models; {@code
 * --threads=T}, by default 1.
 */
public final class Circuits {
  private static final Path DATA = Path.of("src", "test", "resources", "facts");
  private static final List<String> TASKS = List.of("repeat", "what", "who");

  /** Heads of the bundled facts model that nobody reads. */
  private static final List<String> DEAD = List.of("L0H2", "L1H0", "L1H2", "L1H3");

  private static final List<String> OPTIONS =
      List.of("--threads=", "--examples=", "--skip=", "--random=", "--table=");

  private static final int HELD_OUT = 10;
  private static final int TRIPLE_EXAMPLES = 16;
  private static final int TRIPLE_MASKS = 1500;

  private final Ablate engine;
  private final int threads;
  private final int examples;
  private final int skipped;
  private final int randomSets;
  private final Path table;

  private Circuits(
      Ablate engine, int threads, int examples, int skipped, int randomSets, Path table) {
    this.engine = engine;
    this.threads = threads;
    this.examples = examples;
    this.skipped = skipped;
    this.randomSets = randomSets;
    this.table = table;
  }

  /** Runs what the arguments name, in their order. */
  public static void main(String[] args) {
    int threads = 1;
    int examples = 128;
    int skipped = 0;
    int randomSets = 5000;
    Path table = null;
    for (String arg : args) {
      if (arg.startsWith("--threads=")) {
        threads = number(arg);
      } else if (arg.startsWith("--examples=")) {
        examples = number(arg);
      } else if (arg.startsWith("--skip=")) {
        skipped = number(arg);
      } else if (arg.startsWith("--random=")) {
        randomSets = number(arg);
      } else if (arg.startsWith("--table=")) {
        table = folder(arg);
      }
    }
    try (Ablate engine = Ablate.open("host", threads)) {
      Circuits circuits = new Circuits(engine, threads, examples, skipped, randomSets, table);
      for (String arg : args) {
        circuits.run(arg);
      }
    }
  }

  private void run(String arg) {
    if (arg.equals("facts")) {
      facts(ModelDirectory.bundled("facts"), DEAD);
    } else if (arg.startsWith("--unpruned=")) {
      facts(ModelDirectory.open(folder(arg)), List.of());
    } else if (arg.startsWith("--planted=")) {
      planted(folder(arg));
    } else if (arg.equals("pruning")) {
      try (SwitchedModel model = heads(ModelDirectory.bundled())) {
        Examples some = sentences(skipped, examples);
        CircuitPruning.measure(engine, each(true).game(model, some), randomSets, table);
      }
    } else if (arg.equals("exhaustive")) {
      ComponentChoice last = ComponentChoice.parse("heads", "2-3");
      try (SwitchedModel model = SwitchedModel.open(ModelDirectory.bundled(), last, threads)) {
        CircuitPruning.exhaustive(engine, each(false).game(model, sentences(skipped, examples)));
      }
    } else if (arg.equals("triples")) {
      triples();
    } else if (OPTIONS.stream().noneMatch(arg::startsWith)) {
      throw new IllegalArgumentException("unknown argument " + arg);
    }
  }

  private static int number(String arg) {
    return Integer.parseInt(arg.substring(arg.indexOf('=') + 1));
  }

  private static Path folder(String arg) {
    return Path.of(arg.substring(arg.indexOf('=') + 1));
  }

  private SwitchedModel heads(ModelDirectory directory) {
    return SwitchedModel.open(directory, ComponentChoice.HEADS, threads);
  }

  /** The lens at its defaults; with an output an example, or their mean. */
  private static HeadsLens each(boolean each) {
    return new HeadsLens(null, null, null, 0, false, each, null, null, null);
  }

  private static Examples task(String name) {
    return HeadsLensKind.DATA.read(DATA.resolve("heads-" + name + ".jsonl").toString());
  }

  private void facts(ModelDirectory directory, List<String> dead) {
    try (SwitchedModel model = heads(directory)) {
      for (String task : TASKS) {
        CircuitFacts.measure(engine, task, each(false).game(model, task(task)), dead);
      }
    }
  }

  private void planted(Path folder) {
    try (var folders = Files.list(folder)) {
      for (Path one : folders.sorted().toList()) {
        try (SwitchedModel model = heads(ModelDirectory.open(one))) {
          Examples texts = HeadsLensKind.DATA.read(one.resolve("texts.jsonl").toString());
          CircuitPlanted.measure(engine, one, each(false).game(model, texts));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void triples() {
    try (SwitchedModel model = heads(ModelDirectory.bundled("facts"))) {
      for (String task : TASKS) {
        CircuitTriples.exact(engine, "facts, " + task, each(true).game(model, task(task)));
      }
    }
    try (Backend backend = Backends.open("host", threads).backend();
        SwitchedModel model = heads(ModelDirectory.bundled())) {
      RememberedGame game =
          new RememberedGame(each(false).game(model, sentences(0, TRIPLE_EXAMPLES)));
      HeadNames names = new HeadNames(game.featureNames());
      Evaluated evaluated =
          Evaluated.of(game, game, TRIPLE_MASKS, TRIPLE_MASKS, List.of(), 41, backend);
      CircuitTriples.sampled(
          "sentiment",
          names,
          evaluated.uniform(),
          Evaluated.foreign(evaluated.testMasks(), Values.of(evaluated.testValues())));
      Explanation found = engine.request().game(game).testMasks(0).explain();
      CircuitTriples.reported("sentiment", found, names);
    }
  }

  /**
   * So many of the sentences that the model was not trained on, behind others; half of each label,
   * those of one label after those of the other.
   */
  private static Examples sentences(int skipped, int count) {
    List<Example> found = new ArrayList<>();
    for (String label : List.of("positive", "negative")) {
      String file = "rt-polarity." + label.substring(0, 3) + ".txt";
      List<String> lines = lines(DataTable.FOLDER.resolve(file));
      List<String> held = new ArrayList<>();
      for (int line = HELD_OUT - 1; line < lines.size(); line += HELD_OUT) {
        held.add(lines.get(line).strip());
      }
      Collections.shuffle(held, new Random(7));
      held.subList(skipped / 2, (skipped + count) / 2)
          .forEach(text -> found.add(Example.labelled(text, label)));
    }
    return new Examples(found);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
