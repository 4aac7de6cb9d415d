package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskRows;
import dev.ablate.mask.Masks;
import dev.ablate.mask.Repeats;
import dev.ablate.setting.Settings;
import dev.ablate.solve.HeldFifth;
import dev.ablate.solve.Method;
import dev.ablate.solve.Solution;
import dev.ablate.solve.SolverSettings;
import dev.ablate.solve.boost.Folds;
import dev.ablate.solve.screen.Marginals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The features of a table of very many that methods look at: those of the largest correlations with
 * any output (sure independence screening; Fan and Lv, 2008). The others are looked at no further.
 *
 * <p>The fifth of the masks that methods hold out is held out here too, so that what is measured on
 * it had no part in the choice.
 *
 * @param table the features that are left, in memory
 * @param places which of all features they are; null where all are left
 * @param notes lines for the user
 */
record Prescreen(Table table, Places places, List<String> notes) {
  /** Most features that methods are given. */
  static final int MOST_FEATURES = 2_000;

  /** Features by which masks are known again: equal masks are equal on them. */
  private static final int SKETCH = 512;

  /** Of fewer masks the contest looks at further fifths than the one that is held out here. */
  private static final int ENOUGH = 1_500;

  /** Whether a table has more features than the method that was asked for takes. */
  static boolean isNeeded(TableSource table, Settings settings) {
    Method asked = settings.get(SolverSettings.METHOD);
    return table.masks().features() > MOST_FEATURES
        && !(table.design() instanceof Design.Coded)
        && !(table.design() instanceof Design.Joined)
        && asked.masks() == Method.MaskKind.UNIFORM;
  }

  /** Of a table that methods take as it is. */
  static Prescreen none(TableSource source) {
    return new Prescreen(source.table(), null, List.of());
  }

  /**
   * Looks at every feature alone and reads those that are left.
   *
   * @param seed the run's, by which methods hold out
   */
  static Prescreen of(TableSource source, Backend backend, long seed) {
    MaskRows masks = source.masks();
    int features = masks.features();
    Repeats known = Repeats.of(new Places(features, first(SKETCH)).of(masks));
    long[] some = fitted(known, seed);
    double[] strengths = Marginals.strengths(masks, source.values(), some, backend);
    int[] ranked =
        IntStream.range(0, features)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -strengths[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] kept = Arrays.stream(ranked, 0, MOST_FEATURES).sorted().toArray();
    Places places = new Places(features, kept);
    Masks narrow = places.of(masks);
    List<String> notes = new ArrayList<>();
    notes.add(
        String.format(
            Locale.ROOT,
            "%d of %d features were looked at, those of the largest correlations with a value: of"
                + " what was kept the weakest has %.1f standard errors, of the others none has"
                + " more; terms of the others are not found",
            MOST_FEATURES,
            features,
            strengths[ranked[MOST_FEATURES - 1]]));
    boolean honest =
        masks.count() >= ENOUGH && Arrays.equals(some, fitted(Repeats.of(narrow), seed));
    if (!honest) {
      notes.add(
          "features were chosen by masks that R² is measured on, so that it promises too much: test"
              + " on fresh masks");
    }
    return new Prescreen(table(source, narrow, kept), places, notes);
  }

  private static int[] first(int count) {
    return IntStream.range(0, count).toArray();
  }

  /** The rows that methods fit when they hold a fifth out; all where there are too few. */
  private static long[] fitted(Repeats repeats, long seed) {
    return repeats.distinct() < HeldFifth.FEWEST
        ? Folds.all(repeats.rows())
        : Folds.of(repeats, HeldFifth.FOLDS, seed).rest(0);
  }

  private static Table table(TableSource source, Masks narrow, int[] kept) {
    return new Table(
        narrow,
        source.values(),
        new Design.Foreign(kept.length, narrow.count()).among(source.masks().features()),
        Arrays.stream(kept).mapToObj(source.featureNames()::get).toList());
  }

  /** The kept features of other masks of the same game, with their values. */
  Table narrowed(TableSource source) {
    return places == null
        ? source.table()
        : table(source, places.of(source.masks()), places.kept());
  }

  /** Solutions of the features that are left, in terms of all. */
  List<Solution> restored(List<Solution> solutions) {
    return places == null ? solutions : solutions.stream().map(places::restored).toList();
  }

  /**
   * The value of the mask that keeps all features, or none.
   *
   * @param averaged the table that is fitted
   * @return NaN where the table has no such mask, or does not show whether it has
   */
  double end(Table averaged, int output, boolean all) {
    int n = averaged.masks().features();
    return places == null
        ? averaged.valueOf(all ? Masks.all(n) : Masks.none(1, n), output)
        : Double.NaN;
  }
}
