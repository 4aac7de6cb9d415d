package dev.ablate.lens.text;

import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.ServedModel;
import dev.ablate.model.ServedModel.Tried;
import dev.ablate.model.remote.Traffic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks a model behind a server: rows one by one, some at once, in the order of their prefixes, each
 * told as soon as it is answered. Before the first the server is tried.
 */
final class OneByOne implements Asking {
  private static final Tried RESUMED =
      new Tried(
          0,
          List.of(
              "an earlier run tried the server, and this one did not: how noisy it is does not go into"
                  + " the standard errors"));

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
    found = resumed ? RESUMED : trial.found(progress);
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
                System.arraycopy(values, 0, out.hostDoubles(), mask * values.length, values.length);
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
  public List<String> notes() {
    List<String> notes = new ArrayList<>(found.notes());
    if (mayBeEmpty) {
      notes.add(
          "where everything is hidden the server reads three dots and a line break, because nothing"
              + " else is left");
    }
    return notes;
  }

  /** {@inheritDoc} Characters stand for the tokens that only the server knows. */
  @Override
  public synchronized Map<String, Long> counts() {
    Traffic traffic = measure.model().server().traffic();
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("texts", rows);
    counts.put("template_characters", (long) tokens.shared().length);
    counts.put("characters_computed", computed);
    counts.put("characters_saved", characters - computed);
    counts.put("requests", traffic.requests());
    counts.put("requests_again", traffic.retries());
    counts.put("prompt_tokens", traffic.promptTokens());
    counts.put("cached_tokens", traffic.cachedTokens());
    counts.put("made_tokens", traffic.completionTokens());
    return counts;
  }
}
