package dev.ablate.lens.text;

import java.util.LinkedHashMap;
import java.util.Map;

/** What evaluations in the memory of a backend came to. Several threads may use it. */
final class ResidentCounts {
  private long texts;
  private long batches;
  private long tokens;
  private long positions;

  /** So many different texts more will be asked about. */
  synchronized void texts(long more) {
    texts += more;
  }

  /**
   * A batch, or the part of one that holds rows of the text.
   *
   * @param tokens of its rows
   * @param positions that its rows take, those included on which no token stands
   */
  synchronized void batch(long tokens, long positions) {
    batches++;
    this.tokens += tokens;
    this.positions += positions;
  }

  /** By name; none before the first text. */
  synchronized Map<String, Long> all() {
    Map<String, Long> counts = new LinkedHashMap<>();
    if (texts > 0) {
      counts.put("texts", texts);
      counts.put("batches", batches);
      counts.put("tokens", tokens);
      counts.put("padding", positions - tokens);
    }
    return counts;
  }
}
