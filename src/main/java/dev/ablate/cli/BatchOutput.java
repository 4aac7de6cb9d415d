package dev.ablate.cli;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.R2Kind;
import dev.ablate.explanation.Verification;
import dev.ablate.jobs.Batch;
import dev.ablate.jobs.Item;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/** A line for each of many inputs, as they finish, and how far all of them are. */
final class BatchOutput<I> implements Batch.Listener<I>, AutoCloseable {
  private final PrintWriter out;
  private final PrintWriter err;
  private final List<Item<I>> failed = new ArrayList<>();
  private final Set<String> notes = new HashSet<>();
  private final BatchProgress progress;

  BatchOutput(CommandSpec spec, int inputs) {
    this.out = spec.commandLine().getOut();
    this.err = spec.commandLine().getErr();
    this.progress = new BatchProgress(inputs);
  }

  @Override
  public void done(int items) {
    progress.skip(items);
    progress.print(
        () -> {
          err.println(
              "ablate: " + items + (items == 1 ? " input is" : " inputs are") + " done already");
          err.flush();
        });
  }

  @Override
  public Batch.Watch begins(Item<I> item) {
    return progress.watch();
  }

  @Override
  public void finished(Item<I> item, Path file, Explanation explanation) {
    progress.print(() -> print(item, file, explanation));
  }

  private void print(Item<I> item, Path file, Explanation explanation) {
    for (String note : explanation.provenance().report().notes()) {
      // Most are about the model: once is enough, and each file has its own.
      if (notes.add(note)) {
        err.println("ablate: line " + item.line() + ": note: " + OneLine.of(note));
      }
    }
    err.flush();
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
    progress.print(
        () -> {
          err.println("ablate: line " + item.line() + ": " + OneLine.of(message));
          err.flush();
        });
  }

  @Override
  public String setting(String name) {
    return SettingOptions.flag(name);
  }

  /** Those that could not be explained, in the order of their lines. */
  List<Item<I>> failed() {
    return failed.stream().sorted(Comparator.comparingInt(Item::line)).toList();
  }

  @Override
  public void close() {
    progress.close();
  }

  private static String measured(Explanation explanation) {
    Fit lowest = explanation.lowestFit();
    if (lowest.r2Kind() == R2Kind.EXACT) {
      return "R² exact";
    }
    if (!Double.isFinite(lowest.r2())) {
      return "R² not measured";
    }
    String which = explanation.outputs().size() == 1 ? "R²" : "lowest R²";
    return String.format(Locale.ROOT, "%s %.4f", which, lowest.r2());
  }

  /** The correlation of what was asked again; nothing where nothing was. */
  private static String verified(Explanation explanation) {
    Verification lowest = explanation.lowestVerification();
    if (lowest == null) {
      return "";
    }
    return Double.isFinite(lowest.correlation())
        ? String.format(Locale.ROOT, "  verified %.4f", lowest.correlation())
        : "  verified on %d masks".formatted(lowest.masks());
  }

  private static String summary(Explanation explanation) {
    Fit fit = explanation.outputs().get(0).fit();
    return String.format(
        Locale.ROOT,
        "%d %s  %s%s  %d masks  %.2f s",
        explanation.features(),
        explanation.features() == 1 ? "feature" : "features",
        measured(explanation),
        verified(explanation),
        fit.evaluated(),
        fit.seconds().plan() + fit.seconds().evaluate() + fit.seconds().solve());
  }
}
