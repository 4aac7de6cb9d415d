package dev.ablate.benchmarks;

import dev.ablate.game.Game;
import dev.ablate.game.Subject;
import dev.ablate.game.Values;
import dev.ablate.io.MaskFile;
import dev.ablate.io.ValueFile;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.Masks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A game that evaluates no mask twice, and knows which ones it evaluated. */
final class RememberedGame implements Game {
  private static final String MASKS = "masks.npy";
  private static final String VALUES = "values.npy";

  private final Game game;
  private final Map<BitSet, double[]> known = new LinkedHashMap<>();

  RememberedGame(Game game) {
    this.game = game;
  }

  @Override
  public int features() {
    return game.features();
  }

  @Override
  public int outputs() {
    return game.outputs();
  }

  @Override
  public Subject subject() {
    return game.subject();
  }

  @Override
  public List<String> featureNames() {
    return game.featureNames();
  }

  @Override
  public List<String> outputNames() {
    return game.outputNames();
  }

  @Override
  public List<String> notes() {
    return game.notes();
  }

  /** How many masks were evaluated. */
  int evaluated() {
    return known.size();
  }

  /** The masks that were evaluated. */
  Masks masks() {
    boolean[][] rows = new boolean[known.size()][features()];
    int r = 0;
    for (BitSet kept : known.keySet()) {
      for (int f = 0; f < features(); f++) {
        rows[r][f] = kept.get(f);
      }
      r++;
    }
    return Masks.of(rows);
  }

  /** Takes over what an earlier run of the same game saved, where there is anything. */
  void load(Path folder) {
    if (!Files.exists(folder.resolve(VALUES))) {
      return;
    }
    Masks masks = MaskFile.read(folder.resolve(MASKS), features());
    Values values = ValueFile.read(folder.resolve(VALUES));
    for (int r = 0; r < masks.count(); r++) {
      known.put(key(masks, r), row(values, r));
    }
  }

  /** Saves all masks and values for a later run. */
  void save(Path folder) {
    Values values = Values.zeros(known.size(), outputs());
    int r = 0;
    for (double[] row : known.values()) {
      System.arraycopy(row, 0, values.hostDoubles(), r++ * row.length, row.length);
    }
    MaskFile.write(folder.resolve(MASKS), masks());
    ValueFile.write(folder.resolve(VALUES), values);
  }

  private static double[] row(Values values, int row) {
    double[] numbers = new double[values.outputs()];
    Arrays.setAll(numbers, o -> values.get(row, o));
    return numbers;
  }

  /** The same game with the mean of some outputs as its only one. */
  Game mean(int[] some) {
    return new Game() {
      @Override
      public int features() {
        return game.features();
      }

      @Override
      public List<String> featureNames() {
        return game.featureNames();
      }

      @Override
      public void evaluate(Masks masks, Values out) {
        Values all = Values.zeros(masks.count(), game.outputs());
        RememberedGame.this.evaluate(masks, all);
        for (int r = 0; r < masks.count(); r++) {
          int row = r;
          out.set(
              r, 0, Arrays.stream(some).mapToDouble(o -> all.get(row, o)).average().orElseThrow());
        }
      }
    };
  }

  @Override
  public synchronized void evaluate(Masks masks, Values out) {
    Masks distinct = DistinctMasks.of(masks).masks();
    List<Integer> missing = new ArrayList<>();
    for (int r = 0; r < distinct.count(); r++) {
      if (!known.containsKey(key(distinct, r))) {
        missing.add(r);
      }
    }
    if (!missing.isEmpty()) {
      Masks fresh = distinct.select(missing.stream().mapToInt(Integer::intValue).toArray());
      Values values = Values.zeros(fresh.count(), outputs());
      game.evaluate(fresh, values);
      for (int r = 0; r < fresh.count(); r++) {
        known.put(key(fresh, r), row(values, r));
      }
    }
    for (int r = 0; r < masks.count(); r++) {
      double[] row = known.get(key(masks, r));
      for (int o = 0; o < row.length; o++) {
        out.set(r, o, row[o]);
      }
    }
  }

  private static BitSet key(Masks masks, int row) {
    BitSet kept = new BitSet(masks.features());
    for (int f = 0; f < masks.features(); f++) {
      kept.set(f, masks.kept(row, f));
    }
    return kept;
  }
}
