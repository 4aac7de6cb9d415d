package dev.ablate.lens.data;

import dev.ablate.code.InputException;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import dev.ablate.train.LearnerSettings;
import dev.ablate.train.command.TrainerSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What may be set about training sets, beside what learners read. */
public final class DataSettings {
  /** What labels are. */
  enum Task {
    CLASSIFICATION,
    REGRESSION;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** An answer. */
  enum Answer {
    YES,
    NO;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Rows to train on. */
  public static final Setting<Path> FEATURES =
      Setting.of(
          "features",
          "FILE",
          new Kind.File(),
          "the training rows: NPY (rows, columns), a member of an NPZ archive, or CSV");

  /** Their labels. */
  public static final Setting<String> LABELS =
      Setting.of(
          "labels",
          "FILE|COLUMN",
          new Kind.Text(),
          "their labels or targets: NPY (rows,), CSV of one column, or the column of "
              + FEATURES
              + " that has them, by its name or its number from 0");

  /** Rows to ask about. */
  public static final Setting<Path> TEST =
      Setting.of("test", "FILE", new Kind.File(), "the test rows, with the columns of " + FEATURES);

  /** Their labels. */
  public static final Setting<String> TEST_LABELS =
      Setting.of("test-labels", "FILE|COLUMN", new Kind.Text(), "their labels or targets")
          .otherwise("the column that " + LABELS + " names");

  /** Rows of one file to ask about. */
  public static final Setting<String> TEST_ROWS =
      Setting.of(
          "test-rows",
          "A-B",
          new Kind.Text(),
          "in place of " + TEST + ": rows of " + FEATURES + ", from 0, that test and do not train");

  /** What labels are. */
  public static final Setting<Task> TASK =
      Setting.of("task", "T", Kind.Choice.of(Task.class), "classification or regression")
          .otherwise(
              "regression where labels are numbers with fractions, or more than "
                  + DataReader.MOST_CLASSES
                  + " whole numbers");

  /** Which rows are kept together. */
  public static final Setting<String> GROUPS =
      Setting.of(
              "groups",
              "FILE|K",
              new Kind.Text(),
              "training rows that are kept or left out together: a file with a group for each, as "
                  + LABELS
                  + ", or how many clusters to make of them")
          .otherwise("each row by itself");

  /** What rows are called. */
  public static final Setting<Path> NAMES =
      Setting.of("names", "FILE", new Kind.File(), "names of the training rows, as " + LABELS)
          .otherwise("their numbers");

  /** Whether columns are scaled. */
  public static final Setting<Answer> STANDARDIZE =
      Setting.of(
              "standardize",
              "S",
              Kind.Choice.of(Answer.class),
              "scales each column by the mean and the deviation of all training rows: yes or no")
          .standard(Answer.YES);

  /** What trains. */
  public static final Setting<LearnerKind> LEARNER =
      Setting.of(
              "learner",
              "L",
              Kind.Choice.of(LearnerKind.class),
              "what trains: ridge or logistic regression, knn (nearest neighbours), boosting"
                  + " (trees) or mlp (a perceptron); or a "
                  + TrainerSettings.TRAINER
                  + " of your own")
          .otherwise("logistic; ridge for a regression");

  /** What is asked. */
  public static final Setting<DataValue> VALUE =
      Setting.of(
              "value",
              "V",
              Kind.Choice.of(DataValue.class),
              "margin, log-odds, probability or loss of a label; prediction or loss of a"
                  + " regression")
          .otherwise("margin of a label, prediction of a regression");

  /** Whether each test row is an output. */
  public static final Setting<Boolean> EACH =
      Setting.of(
          "each",
          "",
          new Kind.Flag(),
          "explains every test row by itself, from the same trained models, in place of their"
              + " mean");

  /** What does nothing with a command, which has its own data and says its own values. */
  static final List<Setting<?>> OF_LEARNERS =
      Stream.of(
              List.<Setting<?>>of(TEST, TEST_LABELS, TEST_ROWS, TASK, LEARNER),
              LearnerSettings.ALL,
              List.<Setting<?>>of(EACH))
          .<Setting<?>>flatMap(List::stream)
          .toList();

  /** All of them, those of learners included. */
  public static final List<Setting<?>> ALL =
      Stream.of(
              List.<Setting<?>>of(FEATURES, LABELS, GROUPS, NAMES, STANDARDIZE, VALUE),
              OF_LEARNERS,
              TrainerSettings.SETTINGS)
          .<Setting<?>>flatMap(List::stream)
          .toList();

  private DataSettings() {}

  /**
   * Checks that everything that is set does something.
   *
   * @throws InputException if something does not; the message says beside what
   */
  static void requireConsistent(Settings given) {
    boolean command = given.get(TrainerSettings.TRAINER) != null;
    for (Setting<?> setting : command ? OF_LEARNERS : TrainerSettings.SETTINGS) {
      if (given.set().contains(setting)) {
        throw new InputException(
            setting
                + " does nothing "
                + (command ? "with " : "without ")
                + TrainerSettings.TRAINER
                + "; leave it away");
      }
    }
    requireHeeded(given, LearnerSettings.PENALTY, LearnerKind.RIDGE, LearnerKind.LOGISTIC);
    requireHeeded(given, LearnerSettings.NEIGHBOURS, LearnerKind.NEIGHBOURS);
    requireHeeded(given, LearnerSettings.TREES, LearnerKind.BOOSTING);
    requireHeeded(given, LearnerSettings.DEPTH, LearnerKind.BOOSTING);
    requireHeeded(given, LearnerSettings.HIDDEN, LearnerKind.PERCEPTRON);
    requireHeeded(given, LearnerSettings.EPOCHS, LearnerKind.PERCEPTRON);
    requireHeeded(given, LearnerSettings.RATE, LearnerKind.BOOSTING, LearnerKind.PERCEPTRON);
  }

  private static void requireHeeded(Settings given, Setting<?> setting, LearnerKind... by) {
    LearnerKind learner = given.get(LEARNER);
    boolean linear = learner == null && setting == LearnerSettings.PENALTY;
    boolean heeded = linear || (learner != null && List.of(by).contains(learner));
    if (given.set().contains(setting) && !heeded) {
      throw new InputException(
          setting
              + " does nothing "
              + (learner == null ? "without " : "with ")
              + LEARNER
              + " "
              + (learner == null ? by[0] : learner)
              + "; leave it away");
    }
  }
}
