package dev.ablate.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How long work may still take, by the time that its shares took so far: those of late count as
 * much as all, because stages are not alike. Unknown until enough is done to tell.
 */
final class TimeLeft {
  /** Less time and a smaller share say nothing of the rest. */
  private static final Duration LEAST = Duration.ofSeconds(3);

  private static final double LEAST_SHARE = 0.03;

  /** The last part of the time so far that counts as much as all of it. */
  private static final double LATE = 0.25;

  /** Late shares count as so many times as slow as all, at most: work that stands moves again. */
  private static final double SLOWEST = 8;

  /** Moments that lie closer are one. */
  private static final long APART = Duration.ofMillis(100).toNanos();

  private final List<Moment> moments = new ArrayList<>();
  private int begin;
  private double share;

  private record Moment(double share, long at) {}

  /** So much is done of all, at a time in nanoseconds. */
  synchronized void at(double share, long now) {
    this.share = share;
    if (moments.isEmpty() || now - moments.get(moments.size() - 1).at >= APART) {
      moments.add(new Moment(share, now));
    }
  }

  /** What is left by now. */
  synchronized Optional<Duration> left(long now) {
    if (moments.isEmpty() || share >= 1) {
      return Optional.empty();
    }
    Moment first = moments.get(0);
    if (share - first.share < LEAST_SHARE || now - first.at < LEAST.toNanos()) {
      return Optional.empty();
    }
    double pace = (now - first.at) / (share - first.share);
    long from = now - (long) (LATE * (now - first.at));
    while (begin + 1 < moments.size() && moments.get(begin + 1).at <= from) {
      begin++;
    }
    Moment before = moments.get(begin);
    double moved = share - before.share;
    double latePace = moved > 0 ? (now - before.at) / moved : Double.POSITIVE_INFINITY;
    double mean = (pace + Math.min(latePace, SLOWEST * pace)) / 2;
    return Optional.of(Duration.ofNanos((long) (mean * (1 - share))));
  }

  /** A time as people write it: minutes and seconds, and hours where there are any. */
  static String text(Duration time) {
    long seconds = Math.round(time.toMillis() / 1000.0);
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
