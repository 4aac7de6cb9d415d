package dev.ablate.jobs;

import dev.ablate.code.InputException;
import dev.ablate.code.Sha256;
import dev.ablate.explanation.Explanation;
import dev.ablate.io.AtomicFiles;
import dev.ablate.io.ExplanationJson;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** The work on a batch, from several threads. What others hear of it comes one after another. */
final class BatchRun<M, I> {
  private final Batch<I> batch;
  private final Explainer<M, I> explainer;
  private final Summary<I> summary;
  private final Batch.Listener<I> listener;
  private int failed;

  BatchRun(
      Batch<I> batch, Explainer<M, I> explainer, Summary<I> summary, Batch.Listener<I> listener) {
    this.batch = batch;
    this.explainer = explainer;
    this.summary = summary;
    this.listener = listener;
  }

  /** An explanation in its place. */
  private record Written(Explanation explanation, String sha256) {}

  /**
   * Explains what the summary does not have.
   *
   * @param most how many inputs are worked on at once
   * @return how many could not be explained
   */
  int explain(int most) {
    List<Item<I>> open = batch.items().stream().filter(item -> !summary.has(item)).toList();
    if (open.size() < batch.items().size()) {
      listener.done(batch.items().size() - open.size());
    }
    ItemThreads.forEach(
        open.size(), most, i -> explain(open.get(i)), (i, why) -> later(open.get(i), why));
    return failed;
  }

  private void explain(Item<I> item) {
    Written written;
    try (Batch.Watch watch = begin(item)) {
      AtomicFiles.requireReplaceable(batch.file(item));
      written =
          keeper(item)
              .during(
                  kept ->
                      write(
                          item, explainer.explain(item.input(), batch.journal(item), watch, kept)));
    } catch (InputException e) {
      if (e.isOfAll()) {
        throw e;
      }
      fail(item, e);
      return;
    } catch (KeptException e) {
      if (e.ofInput() == null || e.ofInput().isOfAll()) {
        throw e;
      }
      fail(item, e.ofInput());
      return;
    }
    finish(item, written);
  }

  private synchronized Batch.Watch begin(Item<I> item) {
    return listener.begins(item);
  }

  private Written write(Item<I> item, Explanation explanation) {
    MessageDigest digest = Sha256.digest();
    AtomicFiles.replace(
        batch.file(item),
        out -> ExplanationJson.write(new DigestOutputStream(out, digest), explanation));
    return new Written(explanation, Sha256.hex(digest));
  }

  private synchronized void finish(Item<I> item, Written written) {
    summary.explained(item, written.explanation(), written.sha256());
    listener.finished(item, batch.file(item), written.explanation());
  }

  private synchronized void fail(Item<I> item, InputException why) {
    failed++;
    InputException told = withEarlier(item, why);
    listener.failed(item, told);
    summary.failed(item, told.message(listener::setting));
  }

  /** The first failure inside ends the batch and is told by the caller; masks of others are too. */
  private void later(Item<I> item, Throwable why) {
    if (why instanceof KeptException kept) {
      listener.kept(item, kept.where(InputException::setting));
    }
  }

  private Keeper keeper(Item<I> item) {
    List<Path> parents = new ArrayList<>(List.of(batch.out()));
    parents.addAll(Keeper.fallbacks());
    return new Keeper(
        parents,
        item.id() + ".evaluated",
        explainer.request().settings(),
        where -> listener.kept(item, where));
  }

  /** A result of this run would stand there now; one that stands there is not of this run. */
  private InputException withEarlier(Item<I> item, InputException why) {
    return Files.exists(batch.file(item), LinkOption.NOFOLLOW_LINKS)
        ? why.and(batch.file(item) + " is of an earlier run")
        : why;
  }
}
