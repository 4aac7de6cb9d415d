package dev.ablate.lens.text;

import dev.ablate.code.InputException;
import dev.ablate.game.Progress;
import dev.ablate.mask.Masks;
import dev.ablate.model.ServedModel;
import dev.ablate.model.ServedModel.Tried;
import dev.ablate.model.remote.Protocol;
import dev.ablate.model.remote.ServerSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Tries a server before anything is spent on it: four texts, again, in another order, alone and in
 * company. Whether log-probabilities are there, and of all that was sent, each reply shows by
 * itself.
 *
 * @param measure what is asked
 * @param rows different texts: the whole first, then with every other feature, with none, with the
 *     other half
 * @param without rows that lack what one message says, each
 */
record ServerTrial(ServedMeasure<?> measure, List<int[]> rows, List<int[]> without) {
  /** Requests about messages one by one: with all others no more than 24. */
  private static final int MOST_MESSAGES = 4;

  /** Values that depend on the order by less than this share of their range pass as noise. */
  private static final double NEGLIGIBLE = 0.005;

  /** Share of what two halves of a text add that both together may lack. */
  private static final double SLACK = 0.25;

  private static final int SLACK_TOKENS = 6;

  /** The trial of a text. */
  static ServerTrial of(ServedMeasure<?> measure, AblatedTokens tokens, Features features) {
    int count = features.count();
    List<int[]> rows = new ArrayList<>();
    for (int kind = 0; kind < 4; kind++) {
      long[] words = new long[Masks.words(count)];
      for (int f = 0; f < count; f++) {
        boolean kept = kind == 0 || (kind == 1 && f % 2 == 0) || (kind == 3 && f % 2 == 1);
        words[f >>> 6] |= kept ? 1L << f : 0;
      }
      int[] row = tokens.row(words, 0);
      if (rows.stream().noneMatch(other -> Arrays.equals(other, row))) {
        rows.add(row);
      }
    }
    return new ServerTrial(measure, rows, measure.withoutOne(rows.get(0)));
  }

  /**
   * What the server is like.
   *
   * @param progress hears what people should know before more is spent
   * @throws InputException if values depend on the order of requests, or a part of the text does
   *     not arrive; the message says what helps
   */
  Tried found(Progress progress) {
    return measure
        .model()
        .tried(
            measure.protocol(),
            () -> {
              Tried tried = run();
              tried.notes().forEach(progress::says);
              return tried;
            });
  }

  private ServedMeasure.Tried ask(int[] row) {
    try {
      return measure.tryOut(row);
    } catch (NotFinite e) {
      throw new InputException(
          "the model "
              + measure.model().name()
              + " "
              + e.getMessage()
              + " while the server is tried; take another model of it");
    }
  }

  private Tried run() {
    List<String> notes = new ArrayList<>();
    Steadiness values = new Steadiness(rows.size());
    long[] tokens = new long[rows.size()];
    for (int request : order()) {
      ServedMeasure.Tried reply = ask(rows.get(request));
      values.add(request, false, reply.value());
      tokens[request] = reply.promptTokens();
    }
    notes.addAll(requireArrival(tokens));
    measure
        .model()
        .server()
        .forEach(rows.size(), r -> values.add(r, true, ask(rows.get(r)).value()));
    return new Tried(noise(values, notes), notes);
  }

  /** The first again and again, then all, all in the same order, and back. */
  private int[] order() {
    int last = rows.size() - 1;
    IntStream all = IntStream.rangeClosed(0, last);
    IntStream again = IntStream.rangeClosed(0, last);
    IntStream back = IntStream.rangeClosed(1, last).map(i -> last - i);
    return IntStream.concat(
            IntStream.concat(IntStream.of(0, 0), all), IntStream.concat(again, back))
        .toArray();
  }

  private double noise(Steadiness values, List<String> notes) {
    if (values.isSteady()) {
      return 0;
    }
    double noise = values.deviation();
    String size =
        String.format(Locale.ROOT, "a standard deviation of %.4g (%s)", noise, measure.value());
    if (!values.isSystematic()) {
      notes.add(
          "the server is noisy: the same request has values with "
              + size
              + ", which goes into the standard errors; more masks lower them, or a server that"
              + " decodes deterministically");
      return noise;
    }
    String what =
        values.differsAlone()
            ? "the server's values depend on the order of requests: the same request, asked again"
                + " after others, has values with "
            : "the server's values depend on what is asked at the same time: the same request, alone"
                + " and in company, has values with ";
    if (noise > NEGLIGIBLE * values.range()) {
      throw new InputException(
          what
              + size
              + (values.differsAlone()
                  ? "; switch its prefix cache off (vLLM: enable_prefix_caching=False), or take it as"
                      + " noise by "
                  : "; set "
                      + ServerSettings.CONCURRENCY
                      + " 1, make its batches invariant (vLLM: VLLM_BATCH_INVARIANT=1), or take it as"
                      + " noise by ")
              + ServedModel.PROBE
              + " no");
    }
    notes.add(what + size + "; that is little beside what masks change, and passes as noise");
    return noise;
  }

  /** Whether all that is sent is read: servers count the tokens of prompts. */
  private List<String> requireArrival(long[] tokens) {
    if (measure.protocol() == Protocol.COMPLETIONS || tokens[0] < 0) {
      // The tokens themselves came back and were compared, or nobody counts.
      return measure.protocol() == Protocol.CHAT
          ? List.of(
              "the server does not count the tokens of prompts, so that nobody knows whether its"
                  + " template keeps all of them")
          : List.of();
    }
    for (int r = 1; r < tokens.length; r++) {
      boolean shorter = rows.get(r).length < rows.get(0).length;
      if (shorter && tokens[r] >= tokens[0]) {
        throw lost(
            "it counts "
                + tokens[0]
                + " tokens of the whole prompt and "
                + tokens[r]
                + " where parts of it are hidden");
      }
    }
    if (tokens.length == 4) {
      long none = tokens[2];
      long halves = tokens[1] + tokens[3] - 2 * none;
      long both = tokens[0] - none;
      if (both < (1 - SLACK) * halves - SLACK_TOKENS) {
        throw lost("two halves of it add " + halves + " tokens, and both together " + both);
      }
    }
    for (int[] row : without.subList(0, Math.min(MOST_MESSAGES, without.size()))) {
      long left = ask(row).promptTokens();
      if (left >= tokens[0]) {
        throw lost(
            "it counts "
                + tokens[0]
                + " tokens of all messages and "
                + left
                + " where one of them is empty");
      }
    }
    return List.of();
  }

  private static InputException lost(String how) {
    return new InputException(
        "the server's template loses a part of the prompt: "
            + how
            + "; see the chat template and the limit on the context there, or give "
            + ServedModel.PROBE
            + " no");
  }
}
