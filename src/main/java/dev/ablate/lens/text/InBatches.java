package dev.ablate.lens.text;

import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.TextModel;

/**
 * Asks a model in this process: rows of like lengths in a batch, several batches at once.
 *
 * @param model who is asked
 * @param tokens the text under masks
 * @param measure what is asked
 */
record InBatches(TextModel model, AblatedTokens tokens, Measure measure) implements Asking {
  @Override
  public boolean tellsRows() {
    return false;
  }

  @Override
  public void evaluate(Masks masks, Values out, Progress progress) {
    DistinctRows rows = DistinctRows.of(tokens, masks.hostWords(), masks.words(), masks.count());
    double[][] values = new double[rows.count()][];
    int[] owners = rows.owners();
    int[] read = new int[rows.count()];
    for (int r = 0; r < read.length; r++) {
      read[r] = measure.read(rows.lengths()[r]);
    }
    Batches batches = Batches.of(read, TextModel.BATCH_TOKENS);
    model
        .workers()
        .forEachUntilInterrupted(
            batches.count(),
            b -> {
              // The longest rows first, so that no thread has much left when the others are done.
              int[] batch = batches.rows(batches.count() - 1 - b);
              ask(masks, rows, batch, values);
              int done = 0;
              for (int row : batch) {
                done += owners[row];
              }
              synchronized (batches) {
                progress.done(done);
              }
            });
    int outputs = out.outputs();
    for (int m = 0; m < masks.count(); m++) {
      System.arraycopy(values[rows.same()[m]], 0, out.hostDoubles(), m * outputs, outputs);
    }
  }

  /** One batch: some of the rows. */
  private void ask(Masks masks, DistinctRows rows, int[] batch, double[][] values) {
    int[][] ids = new int[batch.length][];
    for (int b = 0; b < batch.length; b++) {
      ids[b] = new int[rows.lengths()[batch[b]]];
      tokens.fill(masks.hostWords(), rows.firsts()[batch[b]] * masks.words(), ids[b], 0);
    }
    try {
      double[][] answers = measure.of(ids);
      for (int b = 0; b < batch.length; b++) {
        values[batch[b]] = answers[b];
      }
    } catch (NotFinite e) {
      throw Asking.notFinite(model.name(), e.getMessage(), masks, rows.firsts()[batch[e.row()]]);
    }
  }
}
