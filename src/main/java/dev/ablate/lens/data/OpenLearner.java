package dev.ablate.lens.data;

import dev.ablate.backend.Backend;
import dev.ablate.backend.host.Workers;
import dev.ablate.setting.Settings;
import dev.ablate.train.Learner;
import dev.ablate.train.command.CommandLearner;
import dev.ablate.train.command.TrainerSettings;
import java.util.List;

/**
 * A learner that is ready to train on subsets of a training set.
 *
 * @param name what trains, such as {@code ridge}
 * @param scores what its scores are
 * @param learner the learner itself
 * @param outputs names of the values of a command; empty for others
 * @param workers threads that it uses; null for none of its own
 */
public record OpenLearner(
    String name, ScoreKind scores, Learner learner, List<String> outputs, Workers workers)
    implements AutoCloseable {
  /** A learner whose scores are of test rows. */
  static OpenLearner of(String name, ScoreKind scores, Learner learner) {
    return new OpenLearner(name, scores, learner, List.of(), null);
  }

  /**
   * The learner that settings ask for.
   *
   * @param data what it will train on
   * @param threads how many subsets may be trained at once, at least 1
   * @param backend for learners that work on one; must stay open
   * @throws dev.ablate.code.InputException if it cannot be used
   */
  public static OpenLearner open(Settings given, TrainingData data, int threads, Backend backend) {
    String command = given.get(TrainerSettings.TRAINER);
    if (command != null) {
      Long processes = given.get(TrainerSettings.WORKERS);
      CommandLearner learner =
          new CommandLearner(
              command,
              data.groups(),
              processes == null ? threads : processes.intValue(),
              given.get(TrainerSettings.TIMEOUT));
      return new OpenLearner("command", ScoreKind.VALUES, learner, learner.outputs(), null);
    }
    LearnerKind asked = given.get(DataSettings.LEARNER);
    boolean targets = data.task().train().isRegression();
    LearnerKind kind = asked != null ? asked : targets ? LearnerKind.RIDGE : LearnerKind.LOGISTIC;
    Workers workers = new Workers(threads);
    Learner learner = kind.open(data.task(), given, workers, backend);
    return new OpenLearner(kind.toString(), kind.scores(), learner, List.of(), workers);
  }

  @Override
  public void close() {
    learner.close();
    if (workers != null) {
      workers.close();
    }
  }
}
