package dev.ablate.jobs;

import dev.ablate.code.InputException;
import dev.ablate.lens.heads.HeadsLens;
import dev.ablate.lens.heads.HeadsLensKind;
import dev.ablate.run.RunSettings;
import dev.ablate.search.SubsetSearch;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a user may set about pruning. */
public final class PruneSettings {
  /** How many components are kept. */
  public static final Setting<String> SIZES =
      Setting.of("sizes", "K,K,…", new Kind.Text(), "how many components to keep")
          .otherwise("eighths of them");

  /** How many examples are held out. */
  public static final Setting<Double> HOLDOUT =
      Setting.of(
              "holdout",
              "SHARE",
              new Kind.Decimal(0, 1, true),
              "share of the examples that choose nothing and score what was chosen")
          .standard(0.5);

  /** How many random sets are tried. */
  public static final Setting<Long> RANDOM =
      Setting.of(
              "random",
              "N",
              new Kind.Whole(0, 1_000_000),
              "random sets of each size to try, of which the best is shown; 0 for none")
          .standard(100L);

  /** All that a pruning heeds; an output an example is nothing that it has. */
  public static final List<Setting<?>> ALL =
      Stream.of(
              Stream.of(HeadsLensKind.EXAMPLES, SIZES, HOLDOUT, RANDOM),
              HeadsLens.SETTINGS.stream().filter(setting -> setting != HeadsLens.EACH),
              RunSettings.FITTING.stream()
                  .filter(setting -> setting != RunSettings.INDEX && setting != RunSettings.ORDER),
              Stream.of(
                  RunSettings.BUDGET,
                  RunSettings.SAMPLING,
                  RunSettings.TEST_MASKS,
                  SubsetSearch.WORK))
          .<Setting<?>>flatMap(settings -> settings)
          .toList();

  private static final int PARTS = 8;

  private PruneSettings() {}

  /**
   * How many components sets keep: nothing, everything and what is between.
   *
   * @throws InputException if {@link #SIZES} is no list of numbers up to those of components
   */
  static int[] sizes(Settings given, int components) {
    TreeSet<Integer> sizes = new TreeSet<>(List.of(0, components));
    String asked = given.get(SIZES);
    if (asked == null) {
      IntStream.range(1, PARTS)
          .map(part -> (int) Math.round((double) components * part / PARTS))
          .forEach(sizes::add);
    } else {
      for (String word : asked.split(",", -1)) {
        sizes.add(size(word.strip(), components));
      }
    }
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int size(String word, int components) {
    int size;
    try {
      size = Integer.parseInt(word);
    } catch (NumberFormatException e) {
      size = -1;
    }
    if (size < 0 || size > components) {
      throw new InputException(
          SIZES
              + ": \""
              + word
              + "\" is no size of a set; give whole numbers up to the "
              + components
              + " components, with commas between them");
    }
    return size;
  }
}
