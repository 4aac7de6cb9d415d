package dev.ablate.cli;

import dev.ablate.code.OneLine;
import dev.ablate.jobs.Batch;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Masks done, rate and time left on standard error, and how far solving is, where that takes more
 * than a moment: a bar on a terminal, and where that is none a line now and then.
 */
final class MaskProgress implements Batch.Watch {
  /** Solving that takes less is over before anybody could read of it. */
  private static final Duration MOMENT = Duration.ofMillis(1500);

  /** Steps of the line about solving: tenths of a percent. */
  private static final int STEPS = 1000;

  private final boolean drawn = Terminal.progress();
  private final LongSupplier clock;
  private final ProgressLines lines;
  private ProgressBar bar;
  private ProgressBar solving;
  // Of the masks that are asked for by now, and of solving, whose time stands while they are asked.
  private TimeLeft masksLeft = new TimeLeft();
  private final TimeLeft solvingLeft = new TimeLeft();
  private volatile Long begun;
  private Long pausedAt;
  private long masks;
  private long expected;
  private String spent = "";

  MaskProgress() {
    this(System::nanoTime);
  }

  /** With another clock, in nanoseconds. */
  MaskProgress(LongSupplier clock) {
    this.clock = clock;
    this.lines = new ProgressLines(clock);
  }

  @Override
  public void expect(long most) {
    expected = most;
    masksLeft = new TimeLeft();
    pausedAt = pausedAt == null ? (Long) clock.getAsLong() : pausedAt;
    endSolving();
    if (!drawn) {
      tellMasks();
    } else if (bar != null) {
      bar.maxHint(most);
    } else {
      bar = bar("masks", most, new BarLine()).showSpeed().startsFrom(masks, Duration.ZERO).build();
    }
  }

  /** How progress looks in a terminal. */
  static ProgressBarBuilder bar(String what, long most, BarLine line) {
    return new ProgressBarBuilder()
        .setTaskName(what)
        .setInitialMax(most)
        .setUpdateIntervalMillis(200)
        .setStyle(ProgressBarStyle.ASCII)
        .setConsumer(line)
        .clearDisplayOnFinish();
  }

  @Override
  public void done(long more) {
    masks += more;
    if (bar != null) {
      bar.stepBy(more);
    }
    if (!drawn) {
      tellMasks();
    }
  }

  private void tellMasks() {
    long now = clock.getAsLong();
    masksLeft.at((double) masks / Math.max(1, expected), now);
    lines.tell(
        () -> masks + " of " + expected + " masks" + (spent.isEmpty() ? "" : ", " + spent),
        () -> masksLeft.left(now));
  }

  @Override
  public void solving(String stage, double share) {
    endMasks();
    long now = clock.getAsLong();
    if (begun == null) {
      begun = now;
    } else if (pausedAt != null) {
      begun = begun + now - pausedAt;
    }
    pausedAt = null;
    solvingLeft.at(share, now - begun);
    if (drawn) {
      draw(stage, share, Duration.ofNanos(now - begun));
    } else if (share < 1) {
      lines.tell(() -> "solving " + Math.round(100 * share) + " %, " + stage, this::solvingLeft);
    }
  }

  private Optional<Duration> solvingLeft() {
    return solvingLeft.left(clock.getAsLong() - begun);
  }

  private void draw(String stage, double share, Duration taken) {
    if (solving == null && share < 1 && taken.compareTo(MOMENT) > 0) {
      solving =
          bar("solving", STEPS, new BarLine())
              .setUnit("%", STEPS / 100)
              .setEtaFunction(state -> solvingLeft())
              .startsFrom(0, taken)
              .build();
    }
    if (solving != null) {
      solving.setExtraMessage(stage);
      solving.stepTo(Math.round(share * STEPS));
    }
    if (share >= 1) {
      endSolving();
    }
  }

  /** {@inheritDoc} In a line of its own, terminal or not. */
  @Override
  public void says(String line) {
    System.err.println("ablate: " + OneLine.of(line));
    System.err.flush();
  }

  @Override
  public void spent(String what) {
    spent = what;
    if (bar != null) {
      bar.setExtraMessage(what);
    }
  }

  private void endMasks() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  private void endSolving() {
    if (solving != null) {
      solving.close();
      solving = null;
    }
  }

  @Override
  public void close() {
    endMasks();
    endSolving();
  }
}
