package dev.ablate.cli;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.R2Kind;
import dev.ablate.jobs.Batch;
import dev.ablate.jobs.Item;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/** A line for each of many inputs, as they finish. */
final class BatchOutput<I> implements Batch.Listener<I> {
  private final PrintWriter out;
  private final PrintWriter err;
  private final List<Item<I>> failed = new ArrayList<>();
  private final Set<String> notes = new HashSet<>();

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
    err.println("ablate: line " + item.line() + ": " + OneLine.of(message));
    err.flush();
  }

  /** Those that could not be explained. */
  List<Item<I>> failed() {
    return failed;
  }

  private static String measured(List<Output> outputs) {
    List<Fit> fits = outputs.stream().map(Output::fit).toList();
    if (fits.stream().allMatch(fit -> fit.r2Kind() == R2Kind.EXACT)) {
      return "R² exact";
    }
    OptionalDouble lowest = fits.stream().mapToDouble(Fit::r2).filter(Double::isFinite).min();
    if (lowest.isEmpty()) {
      return "R² not measured";
    }
    String which = fits.size() == 1 ? "R²" : "lowest R²";
    return String.format(Locale.ROOT, "%s %.4f", which, lowest.getAsDouble());
  }

  private static String summary(Explanation explanation) {
    Fit fit = explanation.outputs().get(0).fit();
    return String.format(
        Locale.ROOT,
        "%d %s  %s  %d masks  %.2f s",
        explanation.features(),
        explanation.features() == 1 ? "feature" : "features",
        measured(explanation.outputs()),
        fit.evaluated(),
        fit.seconds().plan() + fit.seconds().evaluate() + fit.seconds().solve());
  }
}
