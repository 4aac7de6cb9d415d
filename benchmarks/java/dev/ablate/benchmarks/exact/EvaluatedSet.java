package dev.ablate.benchmarks.exact;

import dev.ablate.game.Game;
import dev.ablate.game.Values;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.Masks;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Games of one kind that others evaluated in full.
 *
 * @param name its file's
 * @param features number of features n
 * @param values {@code (games, 2^n)}; bit {@code i} of the column is feature {@code i} present
 */
public record EvaluatedSet(String name, int features, double[][] values) {
  /** Where the sets lie, beside the project. */
  public static final Path FOLDER = Path.of("..", "shared", "exact");

  /** Every set. */
  public static final List<String> NAMES =
      List.of(
          "vit-9",
          "sentiment-distilbert-14",
          "resnet18-superpixel-14",
          "tabpfn-forestfires-13",
          "tabpfn-realestate-15",
          "soum-15-30x5",
          "uncertainty-adult-14");

  /** Reads a set. */
  public static EvaluatedSet read(String name) {
    Values all = ValueFile.read(FOLDER.resolve(name + ".npy"));
    int size = all.outputs();
    if (Integer.bitCount(size) != 1) {
      throw new IllegalStateException(name + ": " + size + " columns are no power of two");
    }
    double[][] values = new double[all.count()][];
    for (int g = 0; g < values.length; g++) {
      values[g] = Arrays.copyOfRange(all.hostDoubles(), g * size, (g + 1) * size);
    }
    return new EvaluatedSet(name, Integer.numberOfTrailingZeros(size), values);
  }

  /** How many games it has. */
  public int games() {
    return values.length;
  }

  /** A game as the product meets it: a bare value function that looks masks up. */
  public Game game(int number) {
    double[] table = values[number];
    return Game.of(
        features,
        masks -> {
          double[] found = new double[masks.count()];
          for (int r = 0; r < found.length; r++) {
            found[r] = table[code(masks, r)];
          }
          return found;
        });
  }

  /** The column of a mask. */
  private static int code(Masks masks, int row) {
    return (int) masks.hostWords()[row * masks.words()];
  }
}
