package dev.ablate.cli;

import dev.ablate.code.OneLine;
import dev.ablate.jobs.Batch;
import java.time.Duration;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Masks done, rate and time left on standard error, and how far solving is, where that takes more
 * than a moment; nothing when that is no terminal.
 */
final class MaskProgress implements Batch.Watch {
  /** Solving that takes less is over before anybody could read of it. */
  private static final Duration MOMENT = Duration.ofMillis(1500);

  /** Steps of the line about solving: tenths of a percent. */
  private static final int STEPS = 1000;

  private final LongSupplier clock;
  private ProgressBar bar;
  private ProgressBar solving;
  private Long begun;
  private long masks;

  MaskProgress() {
    this(System::nanoTime);
  }

  /** With another clock, in nanoseconds. */
  MaskProgress(LongSupplier clock) {
    this.clock = clock;
  }

  @Override
  public void expect(long most) {
    if (!Terminal.progress()) {
      return;
    }
    endSolving();
    if (bar != null) {
      bar.maxHint(most);
      return;
    }
    bar = bar("masks", most, new BarLine()).showSpeed().startsFrom(masks, Duration.ZERO).build();
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
  }

  @Override
  public void solving(String stage, double share) {
    if (!Terminal.progress()) {
      return;
    }
    endMasks();
    long now = clock.getAsLong();
    begun = begun == null ? now : begun;
    Duration taken = Duration.ofNanos(now - begun);
    if (solving == null && share < 1 && taken.compareTo(MOMENT) > 0) {
      solving =
          bar("solving", STEPS, new BarLine())
              .setUnit("%", STEPS / 100)
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
