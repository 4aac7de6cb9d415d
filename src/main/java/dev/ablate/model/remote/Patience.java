package dev.ablate.model.remote;

/**
 * How often one request is sent. Where many are on their way, a server that takes so many a minute
 * may put the same one off again and again while it answers the others: as long as it does, that
 * counts as no try.
 */
final class Patience {
  private final int tries;
  private final Counts counts;
  private int lost;
  private long answers;

  /** For a request that is about to be sent. */
  Patience(int tries, Counts counts) {
    this.tries = tries;
    this.counts = counts;
    this.answers = counts.answers();
  }

  /** Whether the request is to be sent again after this. */
  boolean lasts(Passing trouble) {
    long now = counts.answers();
    if (trouble.isPutOff() && now > answers) {
      lost = 0;
    }
    answers = now;
    return ++lost < tries;
  }

  /** How often it was lost in a row. */
  int lost() {
    return lost;
  }
}
