package dev.ablate.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * Random-forest games of the kind of {@code forest-breast-cancer-30} and {@code forest-digits-64},
 * on examples that those do not use.
 */
enum ForestGames {
  BREAST_CANCER("breast-cancer", "breast_cancer.csv", 30, 1000),
  DIGITS("digits", "digits.csv", 64, 2000);

  /** How many examples a data set gives. */
  static final int EXAMPLES = 10;

  private static final int TREES = 100;

  private final String label;
  private final int masks;
  private final DataTable table;

  ForestGames(String label, String file, int features, int masks) {
    this.label = label;
    this.masks = masks;
    this.table = DataTable.read(file, features);
  }

  /** How many masks the evaluated game of this kind has. */
  int masks() {
    return masks;
  }

  /** Name of the game of an example. */
  String name(int number) {
    return label + "-" + row(number);
  }

  /** Name of the evaluated game of the same kind. */
  String shared() {
    return "forest-" + label + "-" + table.features();
  }

  /**
   * A game.
   *
   * @param number 0 to 9
   */
  ForestGame game(int number) {
    return new ForestGame(table, row(number), TREES, 1000L + number);
  }

  /** Rows spread over the table; never row 0 or 3, which the evaluated games explain. */
  private int row(int number) {
    return (number + 1) * table.rows().length / (EXAMPLES + 1);
  }

  /** Every game: data set and number. */
  static List<Fresh> all() {
    List<Fresh> all = new ArrayList<>();
    for (ForestGames games : values()) {
      for (int number = 0; number < EXAMPLES; number++) {
        all.add(new Fresh(games, number));
      }
    }
    return all;
  }

  /** One of the games. */
  record Fresh(ForestGames games, int number) {}
}
