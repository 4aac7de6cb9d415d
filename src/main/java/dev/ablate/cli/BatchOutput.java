package dev.ablate.cli;

import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.R2Kind;
import dev.ablate.jobs.Batch;
import dev.ablate.jobs.Item;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/** A line for each of many inputs, as they finish. */
final class BatchOutput<I> implements Batch.Listener<I> {
  private final PrintWriter out;
  private final PrintWriter err;
  private final List<Item<I>> failed = new ArrayList<>();

  BatchOutput(CommandSpec spec) {
    this.out = spec.commandLine().getOut();
    this.err = spec.commandLine().getErr();
  }

  @Override
  public Batch.Watch begins(Item<I> item) {
    return new MaskProgress();
  }

  @Override
  public void finished(Item<I> item, Path file, Explanation explanation) {
    out.println(file + "  " + summary(explanation));
    out.flush();
  }

  @Override
  public void kept(Item<I> item, String where) {
    err.println("ablate: line " + item.line() + ": " + Failures.stopped(where));
    err.flush();
  }

  @Override
  public void failed(Item<I> item, InputException why) {
    failed.add(item);
    err.println("ablate: line " + item.line() + ": " + why.message(SettingOptions::flag));
    err.flush();
  }

  /** Those that could not be explained. */
  List<Item<I>> failed() {
    return failed;
  }

  private static String summary(Explanation explanation) {
    Fit fit = explanation.outputs().get(0).fit();
    return String.format(
        Locale.ROOT,
        "%d features  R² %s  %d masks  %.2f s",
        explanation.features(),
        fit.r2Kind() == R2Kind.EXACT ? "exact" : String.format(Locale.ROOT, "%.4f", fit.r2()),
        fit.evaluated(),
        fit.seconds().plan() + fit.seconds().evaluate() + fit.seconds().solve());
  }
}
