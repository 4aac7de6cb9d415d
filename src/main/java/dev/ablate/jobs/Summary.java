package dev.ablate.jobs;

import dev.ablate.code.Sha256;
import dev.ablate.explanation.Explanation;
import dev.ablate.io.SummaryEntry;
import dev.ablate.io.SummaryFile;
import dev.ablate.io.SummaryJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The summary of a batch: which inputs an earlier run has done, and a line for each of the rest.
 */
final class Summary<I> implements AutoCloseable {
  private final Batch<I> batch;
  private final String request;
  private final Map<String, Item<I>> items;
  private final Set<String> done = new HashSet<>();
  private final SummaryFile file;

  /**
   * Opens the summary of a batch. With journals it keeps the lines of results that still stand;
   * without them it begins anew.
   *
   * @param request hash of everything beside an input that decides its result
   * @throws dev.ablate.code.InputException if the file cannot be a summary's
   */
  Summary(Batch<I> batch, String request) {
    this.batch = batch;
    this.request = request;
    this.items = batch.items().stream().collect(Collectors.toMap(Item::id, Function.identity()));
    this.file = SummaryFile.open(batch.summary(), this::stands);
  }

  private boolean stands(SummaryEntry entry) {
    Item<I> item = batch.journals() == null ? null : items.get(entry.id());
    boolean stands =
        item != null
            && entry.line() == item.line()
            && entry.requestSha256().equals(request(item))
            && entry.fileSha256() != null
            && entry.fileSha256().equals(hash(batch.file(item)));
    if (stands) {
      done.add(entry.id());
    }
    return stands;
  }

  private String request(Item<I> item) {
    return Sha256.hex(request + item.sha256());
  }

  /** The hash of a result; null where there is none, or where a link stands. */
  private static String hash(Path result) {
    try (InputStream in = Files.newInputStream(result, LinkOption.NOFOLLOW_LINKS);
        DigestInputStream hashed = new DigestInputStream(in, Sha256.digest())) {
      hashed.transferTo(OutputStream.nullOutputStream());
      return Sha256.hex(hashed.getMessageDigest());
    } catch (IOException e) {
      return null;
    }
  }

  /** Whether the result of an input is there. */
  boolean has(Item<I> item) {
    return done.contains(item.id());
  }

  /**
   * Adds an input that was explained.
   *
   * @param fileSha256 of its result
   */
  void explained(Item<I> item, Explanation explanation, String fileSha256) {
    String name = batch.file(item).getFileName().toString();
    SummaryEntry entry = new SummaryEntry(item.id(), item.line(), request(item), name, fileSha256);
    file.append(SummaryJson.line(entry, explanation));
  }

  /** Adds an input that could not be explained. */
  void failed(Item<I> item, String why) {
    file.append(SummaryJson.line(SummaryEntry.failed(item.id(), item.line(), request(item)), why));
  }

  @Override
  public void close() {
    file.close();
  }
}
