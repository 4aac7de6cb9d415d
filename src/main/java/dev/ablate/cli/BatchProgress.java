package dev.ablate.cli;

import dev.ablate.code.OneLine;
import dev.ablate.jobs.Batch;
import me.tongfei.progressbar.ProgressBar;

/**
 * One line on standard error for many inputs at once: how many are done, and their masks; where
 * that is no terminal a line now and then. Other lines are printed in its place, and it comes back
 * below them.
 */
final class BatchProgress implements AutoCloseable {
  private final Line line = new Line();
  private final ProgressBar bar;
  private final ProgressLines lines;
  private TimeLeft left = new TimeLeft();
  private final int inputs;
  private int done;
  private long masks;
  private volatile String spent = "";

  BatchProgress(int inputs) {
    this.inputs = inputs;
    bar = Terminal.progress() ? MaskProgress.bar("inputs", inputs, line).build() : null;
    lines = bar == null ? new ProgressLines(System::nanoTime) : null;
    step(0);
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
  synchronized void skip(int items) {
    // They took no time of this run.
    left = new TimeLeft();
    step(items);
  }

  private synchronized void step(int items) {
    done += items;
    if (bar != null) {
      bar.stepBy(items);
    }
    left.at((double) done / Math.max(1, inputs), System.nanoTime());
    tell();
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
        step(1);
      }
    };
  }

  private synchronized void count(long more) {
    masks += more;
    if (bar != null) {
      bar.setExtraMessage(masks());
    }
    tell();
  }

  private String masks() {
    return masks + " masks" + (spent.isEmpty() ? "" : ", " + spent);
  }

  private void tell() {
    if (lines != null) {
      lines.tell(
          () -> done + " of " + inputs + " inputs, " + masks(), () -> left.left(System.nanoTime()));
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
