package dev.ablate.lens.text;

import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.ServedModel;
import dev.ablate.model.ServedModel.Tried;
import dev.ablate.model.remote.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Asks a model behind a server: rows one by one, some at once, in the order of their prefixes, each
 * told as soon as it is answered. Before the first the server is tried.
 */
final class OneByOne implements Asking {
  private final AblatedTokens tokens;
  private final ServedMeasure<?> measure;
  private final ServerTrial trial;
  private final boolean mayBeEmpty;
  private volatile Tried found = Tried.NOTHING;

  // Of all rows that were sent so far.
  private long rows;
  private long characters;
  private long computed;

  /**
   * Asks about a text.
   *
   * @param features how many may be hidden
   * @param trial tries the server
   */
  OneByOne(AblatedTokens tokens, int features, ServedMeasure<?> measure, ServerTrial trial) {
    this.tokens = tokens;
    this.measure = measure;
    this.trial = trial;
    this.mayBeEmpty = tokens.shortest(features) == 0;
  }

  @Override
  public boolean tellsRows() {
    return true;
  }

  /** {@inheritDoc} What an earlier run left values of was tried then. */
  @Override
  public void begin(boolean resumed, Progress progress) {
    if (!resumed) {
      found = trial.found(progress);
    }
  }

  @Override
  public double noise() {
    return found.noise() * measure.spread();
  }

  @Override
  public void evaluate(Masks masks, Values out, Progress progress) {
    long[] words = masks.hostWords();
    DistinctRows distinct = DistinctRows.of(tokens, words, masks.words(), masks.count());
    PrefixOrder order =
        PrefixOrder.of(
            distinct.count(),
            tokens.shared().length,
            row -> tokens.reader(words, distinct.firsts()[row] * masks.words()));
    count(order);
    int[][] masksOfRow = distinct.masks();
    ServedModel model = measure.model();
    model
        .server()
        .forEach(
            distinct.count(),
            i -> {
              int row = order.order()[i];
              int first = distinct.firsts()[row];
              double[] values = ask(masks, first);
              for (int mask : masksOfRow[row]) {
                System.arraycopy(
                    values, 0, out.hostDoubles(), mask * values.length, values.length);
              }
              synchronized (out) {
                for (int mask : masksOfRow[row]) {
                  progress.finished(mask);
                }
                progress.spent(spent(model.server().traffic()));
              }
            });
  }

  private double[] ask(Masks masks, int mask) {
    try {
      return measure.of(tokens.row(masks.hostWords(), mask * masks.words()));
    } catch (NotFinite e) {
      throw Asking.notFinite(measure.model().name(), e.getMessage(), masks, mask);
    }
  }

  private synchronized void count(PrefixOrder order) {
    rows += order.order().length;
    characters += order.tokens();
    computed += order.computed();
  }

  private static String spent(Traffic traffic) {
    return traffic.requests()
        + " requests"
        + (traffic.promptTokens() > 0 ? ", " + traffic.promptTokens() + " tokens" : "");
  }

  @Override
  public synchronized List<String> notes() {
    List<String> notes = new ArrayList<>(found.notes());
    if (mayBeEmpty) {
      notes.add(
          "where everything is hidden the server reads three dots and a line break, because nothing"
              + " else is left");
    }
    if (rows > 0) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%d texts were sent in the order of their beginnings: of their %d characters a server"
                  + " that remembers one text computes %d and saves %d, beside %d in front of each"
                  + " that are never hidden",
              rows,
              characters,
              computed,
              characters - computed,
              tokens.shared().length));
    }
    Traffic traffic = measure.model().server().traffic();
    notes.add(
        String.format(
            Locale.ROOT,
            "so far %d requests went to the server, %d of them again; it counted %d tokens of"
                + " prompts, %d of them from its cache, and made %d",
            traffic.requests(),
            traffic.retries(),
            traffic.promptTokens(),
            traffic.cachedTokens(),
            traffic.completionTokens()));
    return notes;
  }
}
