package dev.ablate.lens.text;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.ResidentNetwork;
import dev.ablate.model.TextModel;
import java.util.Map;
import java.util.function.Function;

/**
 * Asks a model in this process: rows of like lengths in a batch, several batches at once, or in the
 * memory of a backend.
 */
final class InBatches implements Asking {
  private final TextModel model;
  private final AblatedTokens tokens;
  private final Measure measure;
  private final ResidentCounts counts = new ResidentCounts();

  /**
   * Asks about a text.
   *
   * @param model who is asked
   * @param tokens the text under masks
   * @param measure what is asked
   */
  InBatches(TextModel model, AblatedTokens tokens, Measure measure) {
    this.model = model;
    this.tokens = tokens;
    this.measure = measure;
  }

  @Override
  public boolean tellsRows() {
    return false;
  }

  /** {@inheritDoc} Only of evaluations in the memory of a backend. */
  @Override
  public Map<String, Long> counts() {
    return counts.all();
  }

  /** A network in the memory of a backend works there alone. */
  @Override
  public boolean accepts(Backend backend) {
    ResidentNetwork network = measure.network();
    return network == null ? backend.name().equals("host") : network.backend() == backend;
  }

  @Override
  public Values evaluate(Masks masks, int outputs, Backend backend, Progress progress) {
    return resident(
        masks,
        outputs,
        null,
        progress,
        evaluation -> new Values(evaluation.ofMasks(), masks.count(), outputs));
  }

  @Override
  public void evaluate(Masks masks, Values out, Backend backend, Progress progress) {
    try (Masks there = masks.on(backend)) {
      resident(there, out.outputs(), out, progress, evaluation -> null);
    }
  }

  private <T> T resident(
      Masks masks,
      int outputs,
      Values out,
      Progress progress,
      Function<ResidentEvaluation, T> result) {
    try (ResidentEvaluation evaluation =
        new ResidentEvaluation(
            model.runs(measure.network()),
            measure.resident(),
            tokens,
            counts,
            masks,
            outputs,
            out,
            progress)) {
      try {
        evaluation.run();
      } catch (ResidentEvaluation.BadRow e) {
        throw notFinite(masks, evaluation.maskOf(e.row()));
      }
      return result.apply(evaluation);
    }
  }

  /** The host says what the network gives there. */
  private InputException notFinite(Masks masks, int mask) {
    String what = "gives a value that is not finite";
    try {
      measure.of(new int[][] {tokens.row(masks.hostWords(), mask * masks.words())});
    } catch (NotFinite e) {
      what = e.getMessage();
    }
    return Asking.notFinite(model.name(), what, masks, mask);
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
