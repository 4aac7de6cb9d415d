package dev.ablate.run;

import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskRows;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Masks with values that were evaluated elsewhere; the masks may lie in a file that memory does not
 * hold.
 *
 * @param masks {@code (rows, features)}
 * @param values {@code (rows, outputs)}
 * @param design where the masks come from
 * @param featureNames a name for each feature
 * @param outputNames a name for each output
 */
public record TableSource(
    MaskRows masks,
    Values values,
    Design design,
    List<String> featureNames,
    List<String> outputNames) {
  /**
   * Checks that masks and values belong together.
   *
   * @throws InputException if their numbers of rows differ
   */
  public TableSource {
    featureNames = List.copyOf(featureNames);
    outputNames = List.copyOf(outputNames);
    Table.requireRows(masks.count(), values.count());
    if (featureNames.size() != masks.features() || outputNames.size() != values.outputs()) {
      throw new InputException(
          featureNames.size()
              + " names for "
              + masks.features()
              + " features and "
              + outputNames.size()
              + " for "
              + values.outputs()
              + " outputs: give one each");
    }
  }

  /**
   * The table in memory.
   *
   * @throws InputException if the masks cannot be read, or are more than memory holds
   */
  public Table table() {
    return new Table(masks.all(), values, design, featureNames);
  }

  /** A table in memory, whose outputs have numbers for names. */
  static TableSource of(Table table) {
    return new TableSource(
        MaskRows.of(table.masks()),
        table.values(),
        table.design(),
        table.featureNames(),
        numbered(table.values().outputs()));
  }

  /** What outputs are called that nobody named. */
  public static List<String> numbered(int outputs) {
    return IntStream.range(0, outputs).mapToObj(o -> "output " + o).toList();
  }
}
