package dev.ablate.cli;

import dev.ablate.code.OneLine;
import dev.ablate.jobs.Batch;
import me.tongfei.progressbar.ProgressBar;

/**
 * One line on standard error for many inputs at once: how many are done, and their masks; nothing
 * when that is no terminal. Other lines are printed in its place, and it comes back below them.
 */
final class BatchProgress implements AutoCloseable {
  private final Line line = new Line();
  private final ProgressBar bar;
  private long masks;
  private volatile String spent = "";

  BatchProgress(int inputs) {
    bar = Terminal.progress() ? MaskProgress.bar("inputs", inputs, line).build() : null;
  }

  /** Whoever holds it draws; the bar has a thread of its own. */
  private static final class Line extends BarLine {
    @Override
    public synchronized void accept(String drawn) {
      super.accept(drawn);
    }

    @Override
    public synchronized void clear() {
      super.clear();
    }
  }

  /** So many inputs were done before. */
  void skip(int inputs) {
    if (bar != null) {
      bar.stepBy(inputs);
    }
  }

  /** Counts the masks of one input. */
  Batch.Watch watch() {
    return new Batch.Watch() {
      @Override
      public void done(long more) {
        count(more);
      }

      @Override
      public void says(String line) {
        print(() -> System.err.println("ablate: " + OneLine.of(line)));
      }

      @Override
      public void spent(String what) {
        spent = what;
      }

      @Override
      public void close() {
        skip(1);
      }
    };
  }

  private synchronized void count(long more) {
    masks += more;
    if (bar != null) {
      bar.setExtraMessage(masks + " masks" + (spent.isEmpty() ? "" : ", " + spent));
    }
  }

  /** Prints lines where the progress stands. */
  void print(Runnable lines) {
    synchronized (line) {
      if (bar != null) {
        line.clear();
      }
      lines.run();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
