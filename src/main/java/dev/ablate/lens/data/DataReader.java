package dev.ablate.lens.data;

import dev.ablate.code.DistinctNames;
import dev.ablate.code.InputException;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import dev.ablate.table.NumberTable;
import dev.ablate.train.Groups;
import dev.ablate.train.LabelledRows;
import dev.ablate.train.Standardisation;
import dev.ablate.train.TrainingTask;
import dev.ablate.train.command.TrainerSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Reads training data from the files that settings name. */
public final class DataReader {
  /** More whole numbers than this are taken as targets, where nobody says what they are. */
  static final int MOST_CLASSES = 100;

  private final Settings given;

  private DataReader(Settings given) {
    this.given = given;
  }

  /**
   * The data that {@link DataSettings} name.
   *
   * @throws InputException if one is missing or does nothing, or a file cannot be used
   */
  public static TrainingData read(Settings given) {
    return new DataReader(given).read();
  }

  /** The files that are read, each with the setting that names it. */
  public static Map<Path, Setting<?>> files(Settings given) {
    Map<Path, Setting<?>> files = new LinkedHashMap<>();
    for (Setting<Path> setting :
        List.of(DataSettings.FEATURES, DataSettings.TEST, DataSettings.NAMES)) {
      if (given.get(setting) != null) {
        files.putIfAbsent(given.get(setting), setting);
      }
    }
    for (Setting<String> setting :
        List.of(DataSettings.LABELS, DataSettings.TEST_LABELS, DataSettings.GROUPS)) {
      Path file = FileWord.file(given.get(setting));
      if (file != null) {
        files.putIfAbsent(file, setting);
      }
    }
    return files;
  }

  /**
   * Rows with the labels that stand beside them.
   *
   * @param numbers rows and columns
   * @param labels one a row, as texts
   * @param where of the labels, for messages
   */
  private record Labelled(NumberTable numbers, List<String> labels, String where) {}

  private TrainingData read() {
    DataSettings.requireConsistent(given);
    return given.get(TrainerSettings.TRAINER) == null ? forLearner() : forCommand();
  }

  /** A command has rows of its own; how many there are is known by what is given of them. */
  private TrainingData forCommand() {
    Path features = given.get(DataSettings.FEATURES);
    String groupWord = given.get(DataSettings.GROUPS);
    Path file = features != null ? features : FileWord.file(groupWord);
    file = file != null ? file : given.get(DataSettings.NAMES);
    if (file == null) {
      throw new InputException(
          "how many training rows "
              + TrainerSettings.TRAINER
              + " has is not known: give "
              + DataSettings.FEATURES
              + ", or a file of a row each as "
              + DataSettings.GROUPS
              + " or "
              + DataSettings.NAMES);
    }
    LabelledRows training = null;
    if (features != null) {
      String column = given.get(DataSettings.LABELS);
      NumberTable numbers =
          column == null || FileWord.file(column) != null
              ? NumberTable.read(features)
              : NumberTable.read(features, column);
      training = standardised(rows(numbers, new Labels(List.of()), new double[numbers.rows()]));
    }
    int rows = training != null ? training.rows() : NumberTable.texts(file).size();
    List<String> names = names(file, rows);
    Groups groups = groups(file, rows, IntStream.range(0, rows).toArray(), training, names);
    return new TrainingData(groups, groupWord == null ? List.of() : names, null, List.of());
  }

  private TrainingData forLearner() {
    require(DataSettings.FEATURES, "the training rows");
    require(DataSettings.LABELS, "their labels");
    boolean apart = given.get(DataSettings.TEST) != null;
    if (apart == (given.get(DataSettings.TEST_ROWS) != null)) {
      throw new InputException(
          "give the rows to ask about: one of "
              + DataSettings.TEST
              + " and "
              + DataSettings.TEST_ROWS);
    }
    if (!apart && given.get(DataSettings.TEST_LABELS) != null) {
      throw new InputException(
          DataSettings.TEST_LABELS
              + " does nothing with "
              + DataSettings.TEST_ROWS
              + ", whose labels "
              + DataSettings.LABELS
              + " has; leave it away");
    }
    Labelled all = labelled(DataSettings.FEATURES, DataSettings.LABELS, DataSettings.LABELS);
    Labels labels = Labels.of(all.labels(), all.where(), given.get(DataSettings.TASK));
    int rows = all.numbers().rows();
    int[] testRows = apart ? new int[0] : testRows(rows);
    int[] trainingRows = others(rows, testRows);
    double[] y = labels.numbers(all.labels(), all.where());
    LabelledRows everything = rows(all.numbers(), labels, y);
    LabelledRows training = select(everything, trainingRows);
    labels.requireSeveral(training, all.where());
    LabelledRows test = apart ? test(all.numbers(), labels) : select(everything, testRows);
    if (given.get(DataSettings.STANDARDIZE) == DataSettings.Answer.YES) {
      test = Standardisation.of(training).apply(test);
      training = standardised(training);
    }
    Path features = given.get(DataSettings.FEATURES);
    List<String> names = names(features, rows);
    boolean numbered = names.isEmpty() && !apart;
    // Of rows of one file, each keeps the number that it has there.
    List<String> rowNames = select(numbered ? numbers(rows, "") : names, trainingRows);
    Groups groups = groups(features, rows, trainingRows, training, rowNames);
    // Rows that are groups themselves are known by the names of the groups.
    boolean alone = given.get(DataSettings.GROUPS) == null;
    return new TrainingData(
        groups,
        alone ? List.of() : rowNames,
        new TrainingTask(training, groups, test),
        select(numbered ? numbers(rows, "test row ") : names, testRows));
  }

  private static List<String> numbers(int rows, String before) {
    return IntStream.range(0, rows).mapToObj(r -> before + r).toList();
  }

  private LabelledRows standardised(LabelledRows rows) {
    return given.get(DataSettings.STANDARDIZE) == DataSettings.Answer.YES
        ? Standardisation.of(rows).apply(rows)
        : rows;
  }

  private void require(Setting<?> setting, String what) {
    if (given.get(setting) == null) {
      throw new InputException("give " + what + ": " + setting);
    }
  }

  private Labelled labelled(Setting<Path> rows, Setting<String> labels, Setting<String> named) {
    Path features = given.get(rows);
    String word = given.get(labels) == null ? given.get(named) : given.get(labels);
    Path file = FileWord.file(word);
    if (file == null) {
      FileWord.requireColumn(given.get(labels) == null ? named : labels, word, features);
      NumberTable numbers = NumberTable.read(features, word);
      return new Labelled(numbers, numbers.texts(), features.toString());
    }
    NumberTable numbers = NumberTable.read(features);
    List<String> texts = NumberTable.texts(file);
    requireOneEach(labels + " " + file, "labels", texts.size(), numbers.rows(), features);
    return new Labelled(numbers, texts, file.toString());
  }

  private static void requireOneEach(
      String where, String what, int count, int rows, Path features) {
    if (count != rows) {
      throw new InputException(
          where
              + ": "
              + count
              + " "
              + what
              + ", and "
              + features
              + " has "
              + rows
              + " rows; give one a row, in the same order (the first line of a CSV is its name"
              + " where it is no number)");
    }
  }

  private LabelledRows test(NumberTable training, Labels labels) {
    boolean file = FileWord.file(given.get(DataSettings.LABELS)) != null;
    if (file && given.get(DataSettings.TEST_LABELS) == null) {
      throw new InputException(
          "the labels of "
              + DataSettings.TEST
              + " "
              + given.get(DataSettings.TEST)
              + " are missing: give "
              + DataSettings.TEST_LABELS);
    }
    Labelled test = labelled(DataSettings.TEST, DataSettings.TEST_LABELS, DataSettings.LABELS);
    NumberTable numbers = test.numbers();
    if (numbers.columns() != training.columns()) {
      throw new InputException(
          DataSettings.TEST
              + " "
              + numbers.where()
              + ": "
              + numbers.columns()
              + " columns, and "
              + training.where()
              + " has "
              + training.columns()
              + "; give the same columns in the same order");
    }
    if (!numbers.names().equals(training.names())
        && !numbers.names().isEmpty()
        && !training.names().isEmpty()) {
      throw new InputException(
          DataSettings.TEST
              + " "
              + numbers.where()
              + ": its columns are called otherwise than those of "
              + training.where()
              + "; give the same columns in the same order");
    }
    return rows(numbers, labels, labels.numbers(test.labels(), test.where()));
  }

  private static LabelledRows rows(NumberTable numbers, Labels labels, double[] y) {
    return new LabelledRows(
        numbers.numbers(), numbers.rows(), numbers.columns(), labels.classes(), y);
  }

  private int[] testRows(int rows) {
    BitSet chosen =
        RowRanges.parse(DataSettings.TEST_ROWS.toString(), given.get(DataSettings.TEST_ROWS), rows);
    if (chosen.cardinality() == rows) {
      throw new InputException(
          DataSettings.TEST_ROWS
              + " "
              + given.get(DataSettings.TEST_ROWS)
              + ": no row is left to train on; name fewer");
    }
    return chosen.stream().toArray();
  }

  private static int[] others(int rows, int[] some) {
    BitSet out = new BitSet();
    IntStream.of(some).forEach(out::set);
    return IntStream.range(0, rows).filter(r -> !out.get(r)).toArray();
  }

  private static LabelledRows select(LabelledRows all, int[] rows) {
    int columns = all.columns();
    double[] x = new double[rows.length * columns];
    double[] y = new double[rows.length];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(all.x(), rows[r] * columns, x, r * columns, columns);
      y[r] = all.y()[rows[r]];
    }
    return new LabelledRows(x, rows.length, columns, all.classes(), y);
  }

  private static <T> List<T> select(List<T> all, int[] rows) {
    return all.isEmpty() ? List.of() : IntStream.of(rows).mapToObj(all::get).toList();
  }

  /** The names of all rows of a file; none where nobody gave any. */
  private List<String> names(Path of, int rows) {
    Path file = given.get(DataSettings.NAMES);
    if (file == null) {
      return List.of();
    }
    List<String> names = NumberTable.texts(file);
    requireOneEach(DataSettings.NAMES + " " + file, "names", names.size(), rows, of);
    return names;
  }

  /**
   * The groups of the training rows.
   *
   * @param of the file whose rows they are
   * @param training to be made clusters of; null where there are none
   */
  private Groups groups(
      Path of, int rows, int[] trainingRows, LabelledRows training, List<String> names) {
    String word = given.get(DataSettings.GROUPS);
    if (word == null) {
      List<String> own =
          names.isEmpty() ? IntStream.of(trainingRows).mapToObj(Integer::toString).toList() : names;
      return new Groups(DistinctNames.of(own), IntStream.range(0, own.size()).toArray());
    }
    Path file = FileWord.file(word);
    if (file == null) {
      return clusters(word, training);
    }
    List<String> all = NumberTable.texts(file);
    requireOneEach(DataSettings.GROUPS + " " + file, "groups", all.size(), rows, of);
    Map<String, Integer> numbers = new LinkedHashMap<>();
    int[] groupOf = new int[trainingRows.length];
    for (int r = 0; r < groupOf.length; r++) {
      groupOf[r] = numbers.computeIfAbsent(all.get(trainingRows[r]), name -> numbers.size());
    }
    return new Groups(new ArrayList<>(numbers.keySet()), groupOf);
  }

  private Groups clusters(String word, LabelledRows training) {
    if (!word.strip().matches("\\d{1,9}")) {
      throw new InputException(
          DataSettings.GROUPS
              + " "
              + word
              + ": neither a file nor a number of clusters; check the path, or give a number");
    }
    if (training == null) {
      throw new InputException(
          DataSettings.GROUPS
              + " "
              + word
              + ": clusters are made of "
              + DataSettings.FEATURES
              + ", which are not given");
    }
    int count = Integer.parseInt(word.strip());
    if (count < 1 || count > training.rows()) {
      throw new InputException(
          DataSettings.GROUPS
              + " "
              + word
              + ": there are "
              + training.rows()
              + " training rows; give from 1 to so many clusters");
    }
    return Clusters.groups(training, count);
  }
}
