package dev.ablate.train.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ablate.mask.Masks;
import dev.ablate.train.Groups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The trainer that {@code docs/formats.md} shows does what it says. */
@Timeout(120)
class TrainerExampleTest {
  private static final String PYTHON = System.getProperty("ablate.test.python", "python3");

  @TempDir private Path folder;

  @Test
  void theExampleTrains() throws IOException {
    assumeTrue(
        Trainers.runs(PYTHON, "-c", "import numpy, sklearn.linear_model"),
        "no scikit-learn in " + PYTHON + ": -Dablate.test.python names one that has it");
    Matcher example =
        Pattern.compile("## Commands that train.*?```python\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("docs", "formats.md")));
    assertTrue(example.find());
    Path script = Files.writeString(folder.resolve("example.py"), example.group(1));
    // Class 1 lies to the right: four rows, of which the last is in the middle.
    Files.writeString(folder.resolve("train.csv"), "-2,0,0\n-1,1,0\n1,0,1\n0.5,1,1\n");
    Files.writeString(folder.resolve("test.csv"), "-3,0.5\n0.1,0.5\n3,0.5\n");
    Groups rows = new Groups(List.of("a", "b", "c", "d"), new int[] {0, 1, 2, 3});
    Map<Integer, double[]> told = new ConcurrentHashMap<>();
    String command = "cd " + folder + " && exec " + PYTHON + " " + script;
    try (CommandLearner learner = new CommandLearner(command, rows, 2, 60)) {
      assertEquals(3, learner.outputs().size());
      learner.train(Masks.exhaustive(4), (s, scores) -> told.put(s, scores.clone()));
    }
    assertEquals(16, told.size());
    assertArrayEquals(new double[3], told.get(0), "nothing kept");
    assertArrayEquals(new double[3], told.get(0b1100), "one class");
    for (int both : new int[] {0b0101, 0b1111}) {
      double[] margins = told.get(both);
      assertTrue(margins[0] < 0 && margins[2] > 0 && margins[0] < margins[1], both + "");
    }
  }
}
