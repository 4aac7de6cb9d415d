package dev.ablate.lens.heads;

import dev.ablate.game.Progress;
import dev.ablate.model.SwitchedModel;
import dev.ablate.model.TextClassifier;
import dev.ablate.model.TextModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Runs a model on all sides under many masks. A batch holds rows of one length, of as many masks
 * and sides as fill it, so that nothing is padded. Several threads may use it.
 */
final class SideRuns {
  /** What a model gives for so many rows is held at a time. */
  private static final int MOST_ROWS = 1 << 18;

  private final SwitchedModel model;
  private final List<Side> sides;
  private final List<int[]> rows = new ArrayList<>();
  private final List<Integer> asked = new ArrayList<>();

  /** Where in {@link #rows} the rows of each side begin. */
  private final int[] first;

  private final TreeMap<Integer, List<Integer>> byLength = new TreeMap<>();

  /**
   * Some rows under some masks of a block: pair {@code p} is mask {@code p % masks} of row {@code p
   * / masks}.
   */
  private record Batch(List<Integer> rows, int from, int to) {}

  SideRuns(SwitchedModel model, List<Side> sides) {
    this.model = model;
    this.sides = sides;
    this.first = new int[sides.size()];
    for (int s = 0; s < first.length; s++) {
      Side side = sides.get(s);
      first[s] = rows.size();
      rows.addAll(side.rows());
      IntStream.of(side.asked()).forEach(asked::add);
    }
    for (int r = 0; r < rows.size(); r++) {
      byLength.computeIfAbsent(rows.get(r).length, length -> new ArrayList<>()).add(r);
    }
  }

  /** Rows of tokens of all sides. */
  List<int[]> rows() {
    return rows;
  }

  /**
   * Values of all sides.
   *
   * @param scales {@code (masks, components)}
   * @param progress hears of every finished mask
   * @return {@code (masks, sides)}
   * @throws dev.ablate.code.InputException if the model fails
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted
   */
  double[][] values(float[][] scales, Progress progress) {
    double[][] values = new double[scales.length][];
    int block = Math.max(1, MOST_ROWS / rows.size());
    for (int from = 0; from < scales.length; from += block) {
      int to = Math.min(scales.length, from + block);
      float[][][] given = given(scales, from, to, progress);
      for (int m = from; m < to; m++) {
        values[m] = ofMask(given[m - from]);
      }
    }
    return values;
  }

  private double[] ofMask(float[][] given) {
    double[] values = new double[sides.size()];
    for (int s = 0; s < values.length; s++) {
      int end = s + 1 < first.length ? first[s + 1] : rows.size();
      values[s] = sides.get(s).value(Arrays.copyOfRange(given, first[s], end));
    }
    return values;
  }

  /** What the model gives: {@code (masks, rows, ...)}. */
  private float[][][] given(float[][] scales, int fromMask, int toMask, Progress progress) {
    int masks = toMask - fromMask;
    float[][][] given = new float[masks][rows.size()][];
    List<Batch> batches = batches(masks);
    long[] done = {0};
    model
        .text()
        .workers()
        .forEachUntilInterrupted(
            batches.size(),
            b -> {
              Batch batch = batches.get(b);
              run(batch, scales, fromMask, given);
              synchronized (done) {
                long before = done[0] / rows.size();
                done[0] += batch.to() - batch.from();
                long finished = done[0] / rows.size() - before;
                if (finished > 0) {
                  progress.done(finished);
                }
              }
            });
    return given;
  }

  private List<Batch> batches(int masks) {
    List<Batch> batches = new ArrayList<>();
    byLength.forEach(
        (length, own) -> {
          int size = Math.max(1, TextModel.BATCH_TOKENS / length);
          int all = Math.multiplyExact(own.size(), masks);
          for (int from = 0; from < all; from += size) {
            batches.add(new Batch(own, from, Math.min(all, from + size)));
          }
        });
    return batches;
  }

  private void run(Batch batch, float[][] scales, int fromMask, float[][][] given) {
    int masks = given.length;
    int count = batch.to() - batch.from();
    int[][] ids = new int[count][];
    int[] counts = new int[count];
    float[][] own = new float[count][];
    for (int i = 0; i < count; i++) {
      int row = batch.rows().get((batch.from() + i) / masks);
      ids[i] = rows.get(row);
      counts[i] = asked.get(row);
      own[i] = scales[fromMask + (batch.from() + i) % masks];
    }
    float[][] answers = answers(ids, counts, own);
    for (int i = 0; i < count; i++) {
      int pair = batch.from() + i;
      given[pair % masks][batch.rows().get(pair / masks)] = answers[i];
    }
  }

  private float[][] answers(int[][] ids, int[] counts, float[][] scales) {
    if (model.text() instanceof TextClassifier) {
      return model.logits(ids, scales);
    }
    // All sides are asked the same.
    return sides.get(0).asksLikeliest()
        ? model.likeliest(ids, counts, scales)
        : model.logProbabilities(ids, counts, scales);
  }
}
