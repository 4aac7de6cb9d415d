package dev.ablate.lens.text;

import dev.ablate.model.ServedModel;
import dev.ablate.model.remote.Protocol;
import dev.ablate.model.remote.Usage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What is asked of a model behind a server. Each row is asked by itself, in one request or in one
 * an answer. What came back while the server was tried is kept, so that nobody pays for it twice.
 *
 * @param <R> what comes back for one request
 */
abstract class ServedMeasure<R> implements Measure {
  /**
   * Stands where nothing is left of a text: servers refuse an empty one, and give the first token
   * of all no log-probability.
   */
  private static final String START = Hiding.DOTS + "\n";

  private final ServedModel model;
  private final Map<String, R> kept = new ConcurrentHashMap<>();

  ServedMeasure(ServedModel model) {
    this.model = model;
  }

  /**
   * What one request of a row came to, while the server is tried.
   *
   * @param value a number that no other context may change
   * @param promptTokens how many tokens the server counted; below 0 where it does not say
   */
  record Tried(double value, long promptTokens) {}

  /** Who is asked. */
  final ServedModel model() {
    return model;
  }

  /** How it is asked. */
  abstract Protocol protocol();

  /**
   * The values of a row.
   *
   * @throws NotFinite if one of them is not finite
   */
  abstract double[] of(int[] row);

  /** Asks for the first request of a row, whether it was asked before or not. */
  abstract Tried tryOut(int[] row);

  /**
   * How many times as far the values of a row lie apart as what {@link #tryOut} gives of it, where
   * the same request has several answers.
   */
  double spread() {
    return 1;
  }

  /** Rows that lack what one message says, each: none where there are no messages. */
  List<int[]> withoutOne(int[] row) {
    return List.of();
  }

  @Override
  public double[][] of(int[][] rows) {
    double[][] values = new double[rows.length][];
    for (int r = 0; r < rows.length; r++) {
      values[r] = of(rows[r]);
    }
    return values;
  }

  /** What was kept of a request, or what it comes to now. */
  R kept(String request, Supplier<R> asking) {
    R known = kept.get(request);
    return known != null ? known : asking.get();
  }

  /** Keeps what a request came to; of several answers the first. */
  R keep(String request, R reply) {
    kept.putIfAbsent(request, reply);
    return reply;
  }

  static Tried tried(double value, Usage usage) {
    return new Tried(value, usage.prompt());
  }

  /** The text that is sent for a row of characters. */
  static String text(int[] row) {
    return row.length == 0 ? START : new String(row, 0, row.length);
  }
}
