package dev.ablate.solve.spex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.CommandLog;
import dev.ablate.backend.CommandLog.Command;
import dev.ablate.backend.CommandLog.Kind;
import dev.ablate.backend.KernelBackends;
import dev.ablate.game.PlantedGame;
import dev.ablate.game.Values;
import dev.ablate.mask.CodedDesign;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.solve.Refine;
import dev.ablate.solve.Samples;
import dev.ablate.solve.Solution;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How many commands one solve gives a device, and how often it waits for an answer. */
class SpexCommandsTest {
  private static final int FEATURES = 1000;
  private static final int TERMS = 300;
  private static final int DIMENSION = 8;
  private static final int SEED = 0;

  /** The method that all commands of a stage come from, but for what is decoded again. */
  private static final Map<String, String> STAGES =
      Map.of(
          "KernelWalsh.byOutput", "transform",
          "KernelWalsh.transform", "transform",
          "KernelDecoding.decode", "decode",
          "KernelCodedRegression.open", "refine",
          "SpexOutput.solve", "refine");

  static Stream<CommandLog> logs() {
    return KernelBackends.logs();
  }

  private static Solution solve(CommandLog log) {
    PlantedGame game = PlantedGame.random(FEATURES, TERMS, 5, 0.5, SEED);
    SpexSolver solver = new SpexSolver(new SpexSettings(DIMENSION, 5, 0, Refine.LASSO));
    Design.Coded design =
        (Design.Coded) solver.plan(FEATURES, Long.MAX_VALUE, MaskSampling.UNIFORM, SEED);
    Backend backend = KernelBackends.on(log);
    try (Masks masks = new CodedDesign(design).masks(backend)) {
      Values values = Values.zeros(masks.count(), 1);
      game.evaluate(masks, values);
      try (Samples there = new Samples(masks, values, design).on(backend)) {
        return solver.solve(there, backend, SEED).get(0);
      }
    }
  }

  /** What a command belongs to, by the methods that led to it. */
  private static String stage(Command command) {
    if (command.from("SpexOutput.decodeRest")) {
      return "decode what is left";
    }
    return STAGES.entrySet().stream()
        .filter(stage -> command.from(stage.getKey()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no stage for " + command))
        .getValue();
  }

  /** At most so many of each kind: launches, clears, copies, writes, reads. */
  private static void assertAtMost(
      Map<Kind, Long> counts, String what, int launches, int clears, int copies, int w, int r) {
    int[] most = {launches, clears, copies, w, r};
    for (Kind kind : Kind.values()) {
      long count = counts.getOrDefault(kind, 0L);
      assertTrue(
          count <= most[kind.ordinal()],
          () -> what + ": " + count + " of at most " + most[kind.ordinal()] + " " + kind);
    }
  }

  private static Map<Kind, Long> kinds(Stream<Command> commands) {
    return commands.collect(Collectors.groupingBy(Command::kind, Collectors.counting()));
  }

  /** The bounds are what PoCL was given; every read is a wait. */
  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("logs")
  void fewLaunchesAndWaits(CommandLog log) {
    Solution solution = solve(log);
    assertEquals(TERMS, solution.spectrum().size(), 2);
    List<Command> commands =
        log.commands().stream().filter(c -> c.from("SpexSolver.solve")).toList();
    Map<String, List<Command>> stages =
        commands.stream().collect(Collectors.groupingBy(SpexCommandsTest::stage));
    assertEquals(Set.of("transform", "decode", "refine", "decode what is left"), stages.keySet());
    Function<String, Map<Kind, Long>> of = stage -> kinds(stages.get(stage).stream());
    assertAtMost(of.apply("transform"), "transform", 2, 0, 0, 0, 0);
    // Four rounds of two launches, the tables of the code, a look after two rounds, the terms.
    assertAtMost(of.apply("decode"), "decode", 10, 1, 0, 1, 3);
    assertAtMost(of.apply("refine"), "refine", 11, 0, 3, 7, 6);
    assertAtMost(of.apply("decode what is left"), "decode what is left", 4, 1, 0, 1, 1);
    assertAtMost(kinds(commands.stream()), "all", 27, 2, 3, 9, 10);
  }
}
