package dev.ablate.train.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import dev.ablate.train.Groups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that train as they should, and commands that crash, hang or write something else. */
@Timeout(120)
class CommandLearnerTest {
  private static final int GROUPS = 5;
  private static final int ROWS = 12;
  private static final Groups THINGS =
      new Groups(
          List.of("ant", "bee", "cow", "dog", "eel"),
          IntStream.range(0, ROWS).map(r -> r % GROUPS).toArray());
  private static final Masks ALL = Masks.exhaustive(GROUPS);

  @TempDir private Path folder;

  private static void train(CommandLearner learner, Map<Integer, double[]> told) {
    learner.train(
        ALL, (subset, scores) -> assertNull(told.put(subset, scores.clone()), "told twice"));
  }

  private static double[] expected(int mask) {
    int rows = IntStream.range(0, ROWS).filter(r -> ALL.kept(mask, r % GROUPS)).sum();
    return new double[] {rows + 0.1, Integer.bitCount(mask) / 3.0};
  }

  private static void requireRight(Map<Integer, double[]> told) {
    told.forEach((mask, values) -> assertArrayEquals(expected(mask), values, "mask " + mask));
  }

  private static InputException refusal(String command, Map<Integer, double[]> told) {
    return assertThrows(
        InputException.class,
        () -> {
          try (CommandLearner learner = new CommandLearner(command, THINGS, 2, 20)) {
            train(learner, told);
          }
        });
  }

  @Test
  void everySubsetIsToldOnceAndTheProcessesEndByThemselves() throws IOException {
    String command =
        Trainers.adding(folder, Trainers.ANSWER) + "; echo ended >> " + folder.resolve("ended");
    Map<Integer, double[]> told = new ConcurrentHashMap<>();
    try (CommandLearner learner = new CommandLearner(command, THINGS, 2, 20)) {
      assertEquals(List.of("output 0", "output 1"), learner.outputs());
      assertEquals(1, learner.scores());
      assertEquals(Map.of("trainer", command), learner.settings());
      train(learner, told);
      assertEquals(ALL.count(), told.size());
      requireRight(told);
      told.clear();
      train(learner, told);
      assertEquals(ALL.count(), told.size());
    }
    requireRight(told);
    assertEquals(List.of("ended", "ended"), Files.readAllLines(folder.resolve("ended")));
  }

  /** A process that ended, or that hangs, is replaced; its subset is asked again. */
  @ParameterizedTest
  @CsvSource({"os._exit(3)", "time.sleep(1000)"})
  void aSubsetThatFailsOnceIsAskedAgain(String failing) throws IOException {
    String command =
        Trainers.adding(
            folder,
            "mark = folder + '/' + '-'.join(map(str, ask['groups']))",
            "if len(ask['groups']) == 4 and not os.path.exists(mark):",
            "    open(mark, 'w').close()",
            "    " + failing,
            Trainers.ANSWER);
    Map<Integer, double[]> told = new ConcurrentHashMap<>();
    try (CommandLearner learner = new CommandLearner(command, THINGS, 2, 3)) {
      train(learner, told);
    }
    assertEquals(ALL.count(), told.size());
    requireRight(told);
  }

  @Test
  void aSubsetThatAlwaysFailsIsNamedAndTheOthersAreTold() throws IOException {
    String command =
        Trainers.adding(
            folder,
            "if ask['groups'] == [0, 1, 2, 3]:",
            "    print('counting classes', file=sys.stderr)",
            "    raise ValueError('one class only')",
            Trainers.ANSWER);
    Map<Integer, double[]> told = new ConcurrentHashMap<>();
    String line = refusal(command, told).getMessage();
    assertTrue(line.startsWith("trainer: the command \"python3 "), line);
    assertTrue(
        line.contains("ended with status 1; so it did 3 times on the subset that keeps "), line);
    assertTrue(line.contains("raise trainer-timeout; it last said \""), line);
    assertTrue(line.endsWith("ValueError: one class only\""), line);
    assertTrue(line.contains("on the subset that keeps ant, bee, cow, dog: mend"), line);
    requireRight(told);
    // Masks 0 to 14 went before mask 15, and the other process finished what it had.
    assertTrue(told.keySet().containsAll(IntStream.range(0, 15).boxed().toList()), "" + told);
    assertFalse(told.containsKey(15));
  }

  @Test
  void aTrainerThatHangsIsEndedWithItsChildren() throws Exception {
    String command =
        Trainers.adding(
            folder,
            "if ask['groups'] == [1]:",
            "    import subprocess",
            "    child = subprocess.Popen(['sleep', '1000'])",
            "    open(folder + '/children', 'a').write(f'{os.getpid()}\\n{child.pid}\\n')",
            "    child.wait()",
            Trainers.ANSWER);
    InputException thrown =
        assertThrows(
            InputException.class,
            () -> {
              try (CommandLearner learner = new CommandLearner(command, THINGS, 1, 2)) {
                train(learner, new ConcurrentHashMap<>());
              }
            });
    assertTrue(
        thrown.getMessage().contains("did not answer within 2.0 s; so it did 3 times"),
        thrown.getMessage());
    assertTrue(
        thrown.getMessage().endsWith("or raise trainer-timeout; it said nothing"),
        thrown.getMessage());
    List<String> children = Files.readAllLines(folder.resolve("children"));
    assertEquals(2 * CommandLearner.TRIES, children.size());
    for (String child : children) {
      requireGone(Long.parseLong(child));
    }
  }

  private static void requireGone(long pid) throws InterruptedException {
    for (int tries = 0; ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent(); tries++) {
      assertTrue(tries < 200, pid + " is still there");
      Thread.sleep(50);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "values.pop()|gave 1 values where it announced 2: it must give as many each time (on the",
        "values = 4|gave no list \"values\" where it announced 2",
        "values[1] = float('nan')|gave NaN as value 1: values must be finite numbers",
        "values[0] = 'much'|gave \"much\" as value 0: values must be finite numbers",
        "ask['id'] += 1|to the request with id 7: it must write that id, and one line a request",
        "print('Fitting 3 folds')|wrote \"Fitting 3 folds\", which is no JSON: it must write",
      })
  void answersThatAreNoneAreRefusedAtOnce(String odd, String words) throws IOException {
    String command =
        Trainers.adding(
            folder,
            "if len(ask['groups']) == 3:",
            "    open(folder + '/odd', 'a').write('.')",
            "    " + odd,
            Trainers.ANSWER);
    Map<Integer, double[]> told = new ConcurrentHashMap<>();
    InputException thrown =
        assertThrows(
            InputException.class,
            () -> {
              try (CommandLearner learner = new CommandLearner(command, THINGS, 1, 20)) {
                train(learner, told);
              }
            });
    assertTrue(thrown.getMessage().contains(words), thrown.getMessage());
    assertTrue(thrown.getMessage().contains("that keeps ant, bee, cow)"), thrown.getMessage());
    assertEquals(".", Files.readString(folder.resolve("odd")), "asked once");
    assertEquals(7, told.size());
    requireRight(told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no-such-command-of-anybody|ended with status 127 before its first line: try the command by itself; it",
        "exit 0|ended with status 0 before its first line: try the command by itself; it said nothing",
        "echo ready|wrote \"ready\", which is no JSON",
        "echo '{\"outputs\": 2000000000}'|announced 2000000000 outputs, and there can be 1000000:",
        "echo '{\"outputs\": 0}'|first wrote \"{\"outputs\": 0}\": its first line must be",
        "echo '{\"outputs\": [\"a\", 3]}'|first wrote",
      })
  void aCommandThatDoesNotBeginIsRefused(String command, String words) {
    String line = refusal(command, new ConcurrentHashMap<>()).getMessage();
    assertTrue(line.startsWith("trainer: the command \"" + command + "\" "), line);
    assertTrue(line.contains(words), line);
  }

  @Test
  void outputsMayHaveNames() {
    try (CommandLearner learner =
        new CommandLearner("echo '{\"outputs\": [\"a\", \"b\"]}'; cat", THINGS, 1, 20)) {
      assertEquals(List.of("a", "b"), learner.outputs());
    }
  }

  @Test
  void anInterruptEndsTheProcesses() throws Exception {
    String command =
        Trainers.adding(
            folder,
            "open(folder + '/processes', 'a').write(f'{os.getpid()}\\n')",
            "time.sleep(1000)");
    Map<Integer, double[]> told = new ConcurrentHashMap<>();
    Thread.interrupted();
    try (CommandLearner learner = new CommandLearner(command, THINGS, 2, 600)) {
      Thread caller = Thread.currentThread();
      Thread interrupter =
          new Thread(
              () -> {
                try {
                  Path processes = folder.resolve("processes");
                  while (!Files.exists(processes) || Files.readAllLines(processes).size() < 2) {
                    Thread.sleep(20);
                  }
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                } finally {
                  caller.interrupt();
                }
              });
      interrupter.start();
      assertThrows(CancellationException.class, () -> train(learner, told));
      assertTrue(Thread.interrupted(), "the status stays set");
      interrupter.join();
    }
    assertEquals(Map.of(), told);
    for (String process : Files.readAllLines(folder.resolve("processes"))) {
      requireGone(Long.parseLong(process));
    }
  }
}
