package dev.ablate.jobs;

import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Progress;
import dev.ablate.io.AtomicFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Many inputs, one explanation file each, and a summary with a line for each.
 *
 * @param items the inputs, with distinct ids
 * @param out folder of the explanations, {@code ID.json} each, and of the summary
 * @param journals folder of their journals, {@code ID.journal} each; null for none
 * @param <I> what a lens takes apart
 */
public record Batch<I>(List<Item<I>> items, Path out, Path journals) {
  /** More inputs at once would take memory and save no time. */
  private static final int MOST_AT_ONCE = 8;

  /**
   * Hears of items as they are worked on. Calls come one after another, but for those of {@link
   * #kept}.
   */
  public interface Listener<I> {
    /** So many items were done by an earlier run. */
    default void done(int items) {}

    /** An item begins; what is returned hears of its masks and is closed at its end. */
    Watch begins(Item<I> item);

    /** An item is done, its file is whole, and the summary has its line. */
    void finished(Item<I> item, Path file, Explanation explanation);

    /** An item cannot be explained; the rest goes on. */
    void failed(Item<I> item, InputException why);

    /** An item ends because the process or the batch does, and its masks are in files. */
    default void kept(Item<I> item, String where) {}

    /** How the line of a failure calls a setting. */
    default String setting(String name) {
      return name;
    }
  }

  /** Hears how far one item is. */
  public interface Watch extends Progress, AutoCloseable {
    /** Hears nothing. */
    Watch NONE =
        new Watch() {
          @Override
          public void done(long masks) {}

          @Override
          public void close() {}
        };

    @Override
    void close();
  }

  /** Where the explanation of an item goes. */
  public Path file(Item<I> item) {
    return out.resolve(item.id() + ".json");
  }

  /** Where the summary goes. */
  public Path summary() {
    return out.resolve("summary.jsonl");
  }

  /** Where the journal of an item is; null where there is none. */
  public Path journal(Item<I> item) {
    return journals == null ? null : journals.resolve(item.id() + ".journal");
  }

  /**
   * Explains the inputs, several at once, and writes the file and the line of each as soon as it is
   * done. With journals, an input whose result and line an earlier run wrote for the same request
   * is passed over. The folders may be others' to write in: a link in place of a file is never
   * followed. Where an item fails after its masks were evaluated and has no journal, they are
   * written into a folder {@code ID.evaluated} of {@code out}, and what it fails with says so.
   *
   * @param threads of the model: so many inputs are worked on at once, at most {@value
   *     #MOST_AT_ONCE}; results do not depend on it
   * @return how many could not be explained
   * @throws InputException if a folder cannot be made, or the summary cannot be written
   * @throws KeptException if something else than an input failed and masks were kept
   * @throws CancellationException if the calling thread was interrupted; what is done is kept
   */
  public <M> int explain(Explainer<M, I> explainer, int threads, Listener<I> listener) {
    AtomicFiles.makeFolder(out);
    if (journals != null) {
      AtomicFiles.makeFolder(journals);
    }
    try (Summary<I> summary = new Summary<>(this, explainer.sha256())) {
      return new BatchRun<>(this, explainer, summary, listener)
          .explain(Math.min(threads, MOST_AT_ONCE));
    }
  }
}
