package dev.ablate.cli;

import dev.ablate.code.OneLine;
import dev.ablate.jobs.Batch;
import dev.ablate.natives.Natives;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** Masks done, rate and time left on standard error; nothing when that is no terminal. */
final class MaskProgress implements Batch.Watch {
  private ProgressBar bar;

  @Override
  public void expect(long masks) {
    if (!Terminal.progress()) {
      return;
    }
    if (bar != null) {
      bar.maxHint(masks);
      return;
    }
    bar = bar("masks", masks, new ConsoleProgressBarConsumer(System.err)).showSpeed().build();
  }

  /** How progress looks in a terminal. */
  static ProgressBarBuilder bar(String what, long most, ProgressBarConsumer line) {
    // Where the terminal's binding needs its library, it unpacks it anew at every start.
    System.setProperty("jline.tmpdir", Natives.folder().toString());
    return new ProgressBarBuilder()
        .setTaskName(what)
        .setInitialMax(most)
        .setUpdateIntervalMillis(200)
        .setStyle(ProgressBarStyle.ASCII)
        .setConsumer(line)
        .clearDisplayOnFinish();
  }

  @Override
  public void done(long masks) {
    if (bar != null) {
      bar.stepBy(masks);
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

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
