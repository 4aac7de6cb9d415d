package dev.ablate.jobs;

import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Progress;
import dev.ablate.io.AtomicFiles;
import dev.ablate.io.ExplanationJson;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Many inputs, one explanation file each.
 *
 * @param items the inputs, with distinct ids
 * @param out folder of the explanations, {@code ID.json} each
 * @param journals folder of their journals, {@code ID.journal} each; null for none
 * @param <I> what a lens takes apart
 */
public record Batch<I>(List<Item<I>> items, Path out, Path journals) {
  /** Hears of items as they are worked on, one after another. */
  public interface Listener<I> {
    /** An item begins; what is returned hears of its masks and is closed at its end. */
    Watch begins(Item<I> item);

    /** An item is done and its file is whole. */
    void finished(Item<I> item, Path file, Explanation explanation);

    /** An item cannot be explained; the rest goes on. */
    void failed(Item<I> item, InputException why);
  }

  /** Hears how far one item is. */
  public interface Watch extends Progress, AutoCloseable {
    @Override
    void close();
  }

  /**
   * Explains every input and writes its file as soon as it is done.
   *
   * @return how many could not be explained
   * @throws InputException if a folder cannot be made
   * @throws CancellationException if the calling thread was interrupted; what is done is kept
   */
  public <M> int explain(Explainer<M, I> explainer, Listener<I> listener) {
    AtomicFiles.makeFolder(out);
    if (journals != null) {
      AtomicFiles.makeFolder(journals);
    }
    int failed = 0;
    for (Item<I> item : items) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("interrupted");
      }
      Path file = out.resolve(item.id() + ".json");
      Path journal = journals == null ? null : journals.resolve(item.id() + ".journal");
      try (Watch watch = listener.begins(item)) {
        Explanation explanation = explainer.explain(item.input(), journal, watch);
        ExplanationJson.write(file, explanation);
        listener.finished(item, file, explanation);
      } catch (InputException e) {
        failed++;
        listener.failed(item, e);
      }
    }
    return failed;
  }
}
