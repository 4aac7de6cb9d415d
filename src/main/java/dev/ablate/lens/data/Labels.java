package dev.ablate.lens.data;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.table.CsvInput;
import dev.ablate.train.LabelledRows;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What labels of a training set mean.
 *
 * @param classes their names in the order of their numbers; empty where labels are targets
 */
record Labels(List<String> classes) {
  /** What tables write where there is nothing. */
  private static final Set<String> MISSING = Set.of("nan", "na", "n/a", "null", "?");

  private static final int SHOWN = 60;

  /**
   * Classes or targets, as somebody says, or as they look: targets have fractions, or are very many
   * whole numbers.
   *
   * @param task null where nobody says
   * @throws InputException if a label is missing, or is no number where others show that they are
   *     targets, and nobody says that they are classes
   */
  static Labels of(List<String> texts, String where, DataSettings.Task task) {
    Set<String> distinct = new HashSet<>();
    int odd = -1;
    int found = 0;
    boolean fractions = false;
    for (int r = 0; r < texts.size(); r++) {
      requireThere(texts.get(r), where, r);
      Double number = number(texts.get(r));
      odd = number == null && odd < 0 ? r : odd;
      found += number == null ? 0 : 1;
      fractions |= number != null && number != Math.rint(number);
      distinct.add(plain(texts.get(r)));
    }
    boolean numbers = odd < 0;
    if (task == null && !numbers && (fractions || found > 0 && isInfinite(texts.get(odd)))) {
      throw wrong(
          texts.get(odd),
          where,
          odd,
          "is no finite number, and others are (for classes give "
              + DataSettings.TASK
              + " classification)");
    }
    boolean many = distinct.size() > DataReader.MOST_CLASSES;
    boolean targets =
        task == null ? numbers && (fractions || many) : task == DataSettings.Task.REGRESSION;
    if (targets) {
      return new Labels(List.of());
    }
    Comparator<String> order =
        numbers ? Comparator.comparingDouble(Double::parseDouble) : Comparator.naturalOrder();
    return new Labels(distinct.stream().sorted(order).toList());
  }

  private static boolean isInfinite(String text) {
    return text.strip().matches("(?i)[-+]?inf(inity)?");
  }

  private static void requireThere(String text, String where, int row) {
    if (MISSING.contains(text.strip().toLowerCase(Locale.ROOT))) {
      throw new InputException(
          where
              + row(where, row)
              + ": the label is missing (\""
              + Characters.line(text)
              + "\"); fill it, or leave the row out");
    }
  }

  /** Rows of CSV are counted from 1, as its reader does. */
  private static String row(String where, int row) {
    return " row " + (row + (CsvInput.isCsv(Path.of(where)) ? 1 : 0));
  }

  /** A finite number, be it with a decimal comma; null for what is none. */
  private static Double number(String text) {
    String plain = text.strip().replaceFirst("^([-+]?\\d*),(\\d+)$", "$1.$2");
    if (!plain.matches("[-+]?(\\d+[.]?\\d*|[.]\\d+)([eE][-+]?\\d+)?")) {
      return null;
    }
    double number = Double.parseDouble(plain);
    return Double.isFinite(number) ? (Double) number : null;
  }

  /** One word for a class that is written as 1, 1.0 or +1. */
  private static String plain(String text) {
    Double number = number(text);
    boolean whole = number != null && number == Math.rint(number) && Math.abs(number) < 1L << 53;
    return whole ? Long.toString(number.longValue()) : text.strip();
  }

  /**
   * The number of each row's class, or its target.
   *
   * @throws InputException if a label is missing, is no class of these or no number
   */
  double[] numbers(List<String> texts, String where) {
    double[] numbers = new double[texts.size()];
    for (int r = 0; r < numbers.length; r++) {
      requireThere(texts.get(r), where, r);
      if (classes.isEmpty()) {
        Double number = number(texts.get(r));
        if (number == null) {
          throw wrong(texts.get(r), where, r, "is no number, as targets are");
        }
        numbers[r] = number;
      } else {
        int found = classes.indexOf(plain(texts.get(r)));
        if (found < 0) {
          throw wrong(texts.get(r), where, r, "is the label of no training row");
        }
        numbers[r] = found;
      }
    }
    return numbers;
  }

  private static InputException wrong(String text, String where, int row, String why) {
    return new InputException(
        where
            + row(where, row)
            + ": \""
            + OneLine.brief(Characters.line(text), SHOWN)
            + "\" "
            + why
            + "; mend it, or leave the row out");
  }

  /**
   * Checks that there is something to learn.
   *
   * @throws InputException if all training rows have one label
   */
  void requireSeveral(LabelledRows training, String where) {
    double first = training.y()[0];
    for (double label : training.y()) {
      if (label != first) {
        return;
      }
    }
    throw new InputException(
        where
            + ": all training rows have the label "
            + (classes.isEmpty() ? Double.toString(first) : classes.get((int) first))
            + "; give rows of two labels at least");
  }
}
