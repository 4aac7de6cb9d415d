package dev.ablate.jobs;

import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.game.Progress;
import dev.ablate.io.AtomicFiles;
import dev.ablate.io.ExplanationJson;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /** The process is told to end, and the masks of an item are in files. */
    default void kept(Item<I> item, String where) {}
  }

  /** Hears how far one item is. */
  public interface Watch extends Progress, AutoCloseable {
    @Override
    void close();
  }

  /** Where the explanation of an item goes. */
  public Path file(Item<I> item) {
    return out.resolve(item.id() + ".json");
  }

  /** Where the journal of an item is; null where there is none. */
  public Path journal(Item<I> item) {
    return journals == null ? null : journals.resolve(item.id() + ".journal");
  }

  /**
   * Explains every input and writes its file as soon as it is done. Both folders may be others' to
   * write in: a link in place of a file is never followed. Where an item fails after its masks were
   * evaluated and has no journal, they are written into a folder {@code ID.evaluated} of {@code
   * out}, and what it fails with says so.
   *
   * @return how many could not be explained
   * @throws InputException if a folder cannot be made
   * @throws KeptException if something else than an input failed and masks were kept
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
      try (Watch watch = listener.begins(item)) {
        AtomicFiles.requireReplaceable(file(item));
        keeper(item, explainer, listener)
            .during(
                kept -> {
                  Explanation explanation =
                      explainer.explain(item.input(), journal(item), watch, kept);
                  AtomicFiles.replace(
                      file(item), bytes -> ExplanationJson.write(bytes, explanation));
                  listener.finished(item, file(item), explanation);
                  return explanation;
                });
      } catch (InputException e) {
        failed++;
        listener.failed(item, withEarlier(item, e));
      } catch (KeptException e) {
        if (e.ofInput() == null) {
          throw e;
        }
        failed++;
        listener.failed(item, withEarlier(item, e.ofInput()));
      }
    }
    return failed;
  }

  private <M> Keeper keeper(Item<I> item, Explainer<M, I> explainer, Listener<I> listener) {
    List<Path> parents = new ArrayList<>(List.of(out));
    parents.addAll(Keeper.fallbacks());
    return new Keeper(
        parents,
        item.id() + ".evaluated",
        explainer.request().settings(),
        where -> listener.kept(item, where));
  }

  /** A result of this run would stand there now; one that stands there is not of this run. */
  private InputException withEarlier(Item<I> item, InputException why) {
    return Files.exists(file(item), LinkOption.NOFOLLOW_LINKS)
        ? why.and(file(item) + " is of an earlier run")
        : why;
  }
}
