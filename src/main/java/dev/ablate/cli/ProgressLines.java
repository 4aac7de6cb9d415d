package dev.ablate.cli;

import dev.ablate.code.OneLine;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Progress for who reads standard error where it is no terminal, such as the log of a job: a line
 * after ten seconds, then one each half minute, and each tenth of the time so far where that is
 * longer. So what is short says nothing, and what takes a night fills no log. A line comes when
 * something moves.
 */
final class ProgressLines {
  private static final long FIRST = Duration.ofSeconds(10).toNanos();
  private static final long EACH = Duration.ofSeconds(30).toNanos();
  private static final int TENTH = 10;

  private final LongSupplier clock;
  private final long begun;
  private long next;

  /** Lines of what begins now, by a clock in nanoseconds. */
  ProgressLines(LongSupplier clock) {
    this.clock = clock;
    this.begun = clock.getAsLong();
    this.next = begun + FIRST;
  }

  /**
   * Prints how far something is, if it is time for a line.
   *
   * @param how far it is, such as {@code 10 of 40 masks}
   * @param left how long the rest may take
   */
  synchronized void tell(Supplier<String> how, Supplier<Optional<Duration>> left) {
    long now = clock.getAsLong();
    if (now - next < 0) {
      return;
    }
    next = now + Math.max(EACH, (now - begun) / TENTH);
    String rest = left.get().map(time -> ", about " + TimeLeft.text(time) + " left").orElse("");
    String after = ", " + TimeLeft.text(Duration.ofNanos(now - begun)) + " so far";
    System.err.println("ablate: " + OneLine.of(how.get() + after + rest));
    System.err.flush();
  }
}
