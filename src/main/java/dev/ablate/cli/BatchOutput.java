package dev.ablate.cli;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
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
    out.println(Characters.line(file.toString()) + "  " + summary(explanation));
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
    String message = why.message(SettingOptions::flag);
    err.println("ablate: line " + item.line() + ": " + OneLine.of(message));
    err.flush();
  }

  /** Those that could not be explained. */
  List<Item<I>> failed() {
    return failed;
  }

  private static String measured(Fit fit) {
    if (fit.r2Kind() == R2Kind.EXACT) {
      return "R² exact";
    }
    return Double.isFinite(fit.r2())
        ? String.format(Locale.ROOT, "R² %.4f", fit.r2())
        : "R² not measured";
  }

  private static String summary(Explanation explanation) {
    Fit fit = explanation.outputs().get(0).fit();
    return String.format(
        Locale.ROOT,
        "%d features  %s  %d masks  %.2f s",
        explanation.features(),
        measured(fit),
        fit.evaluated(),
        fit.seconds().plan() + fit.seconds().evaluate() + fit.seconds().solve());
  }
}
