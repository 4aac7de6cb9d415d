package dev.ablate.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.backend.Backend;
import dev.ablate.backend.KernelBackends;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.host.Workers;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Logistic regression on every device says what the host says, and leaves nothing behind. */
class LogisticOnDevicesTest {
  static Stream<Backend> devices() {
    return KernelBackends.tuned();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("devices")
  void scoresAreThoseOfTheHost(Backend device) {
    long before = ((KernelBackend) device).deviceHandle().allocated();
    TrainingTask task = TrainingTasks.classes(4, 300, 12, 75, 3);
    Masks kept = TrainingTasks.subsets(40, 75, 4);
    double[][] exact = TrainingTasks.scores(2, w -> new LogisticLearner(task, 1, 1e-9, w), kept);
    double[][] found;
    try (Learner learner = new LogisticLearner(task, 1, device)) {
      found = TrainingTasks.scores(learner, kept);
      assertEquals(device.name(), learner.settings().get("trained_on"));
    }
    assertArrayEquals(new double[found[0].length], found[0], "nothing kept");
    for (int m = 0; m < kept.count(); m++) {
      // Weights within 0.002 of the minimum's, and rows of length 6 or so.
      assertArrayEquals(exact[m], found[m], 0.02, "subset " + m);
    }
    assertEquals(before, ((KernelBackend) device).deviceHandle().allocated());
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("devices")
  void featuresThatAreTooLargeAreNamed(Backend device) {
    TrainingTask task = tooLarge();
    InputException refused =
        assertThrows(InputException.class, () -> new LogisticLearner(task, 1e-12, device));
    assertTrue(refused.getMessage().contains("penalty"), refused.getMessage());
  }

  /** The same number in both columns, so large that the penalty is lost beside its square. */
  private static TrainingTask tooLarge() {
    TrainingTask small = TrainingTasks.classes(2, 20, 2, 5, 1);
    double[] x = small.train().x().clone();
    for (int i = 0; i < x.length; i += 2) {
      x[i] = x[i + 1] *= 1e9;
    }
    LabelledRows train = new LabelledRows(x, 20, 2, small.train().classes(), small.train().y());
    return new TrainingTask(train, small.groups(), small.test());
  }

  @Test
  void theHostBackendIsTheHost() {
    TrainingTask task = TrainingTasks.classes(3, 90, 5, 30, 3);
    Masks kept = TrainingTasks.subsets(20, 30, 4);
    double[][] expected = TrainingTasks.scores(1, w -> new LogisticLearner(task, 1, w), kept);
    try (HostBackend host = new HostBackend(2);
        Learner learner = new LogisticLearner(task, 1, host);
        Workers workers = new Workers(1)) {
      assertArrayEquals(expected, TrainingTasks.scores(learner, kept));
      assertFalse(learner.settings().containsKey("trained_on"));
      assertThrows(InputException.class, () -> new LogisticLearner(tooLarge(), 1e-12, workers));
    }
  }
}
