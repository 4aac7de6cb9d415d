package dev.ablate.jobs;

import dev.ablate.backend.HostBuffer;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Subject;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The mean over examples as a game that keeps what each example gave on every mask. One run at a
 * time.
 */
final class ExampleTable implements Game {
  private final Game game;
  private final Game examples;
  private final List<Masks> masks = new ArrayList<>();
  private final List<Values> values = new ArrayList<>();

  /**
   * A table without rows.
   *
   * @param game the mean
   * @param examples a number for each example, whose mean it is
   */
  ExampleTable(Game game, Game examples) {
    this.game = game;
    this.examples = examples;
  }

  @Override
  public int features() {
    return game.features();
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

  @Override
  public void evaluate(Masks asked, Values out) {
    evaluate(asked, out, Progress.NONE);
  }

  @Override
  public void evaluate(Masks asked, Values out, Progress progress) {
    Values each = Values.zeros(asked.count(), examples.outputs());
    examples.evaluate(asked, each, progress);
    masks.add(asked);
    values.add(each);
    for (int r = 0; r < asked.count(); r++) {
      out.set(r, 0, mean(each, r));
    }
  }

  /** The mean over the examples on a mask. */
  static double mean(Values each, int row) {
    double sum = 0;
    for (int e = 0; e < each.outputs(); e++) {
      sum += each.get(row, e);
    }
    return sum / each.outputs();
  }

  /** All masks so far, one below the other. */
  Masks masks() {
    long[] words = masks.stream().flatMapToLong(m -> Arrays.stream(m.hostWords())).toArray();
    int count = masks.stream().mapToInt(Masks::count).sum();
    return new Masks(HostBuffer.of(words), count, features());
  }

  /** {@code (masks, examples)} what each example gave. */
  Values values() {
    double[] all = values.stream().flatMapToDouble(v -> Arrays.stream(v.hostDoubles())).toArray();
    return new Values(HostBuffer.of(all), all.length / examples.outputs(), examples.outputs());
  }
}
