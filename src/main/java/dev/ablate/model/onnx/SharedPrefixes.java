package dev.ablate.model.onnx;

import java.nio.IntBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The prefixes that were used last, each computed once, also where several threads ask for it at
 * the same time. What is used by nobody and no longer recent is freed.
 */
final class SharedPrefixes implements AutoCloseable {
  private static final int MOST = 16;

  /** Native memory of all that are kept, but for the last one. */
  private static final long MOST_BYTES = 1L << 28;

  /** In the order of use, the latest last. */
  private final Map<IntBuffer, Entry> recent = new LinkedHashMap<>(MOST, 0.75f, true);

  /** A prefix that somebody computes or has computed. */
  private static final class Entry {
    private final FutureTask<KeptPrefix> made;
    private int users;
    private boolean dropped;
    private long bytes;

    Entry(Supplier<KeptPrefix> maker) {
      this.made = new FutureTask<>(maker::get);
    }
  }

  /**
   * Uses a prefix.
   *
   * @param tokens which
   * @param maker computes it where it is not there; null where it cannot be shared
   * @param use gets it, and may use it until it returns
   */
  <T> T use(int[] tokens, Supplier<KeptPrefix> maker, Function<KeptPrefix, T> use) {
    IntBuffer key = IntBuffer.wrap(tokens.clone());
    Entry entry = lend(key, maker);
    try {
      // Whoever comes first computes it, the others wait; what is done is not done again.
      entry.made.run();
      keep(entry, made(key, entry));
      return use.apply(get(entry));
    } finally {
      giveBack(entry);
    }
  }

  /** A failure is forgotten: what comes next may be another row. */
  private KeptPrefix made(IntBuffer key, Entry entry) {
    try {
      return get(entry);
    } catch (RuntimeException e) {
      // Who was interrupted while another computes leaves it to the other.
      if (entry.made.isDone()) {
        synchronized (this) {
          recent.remove(key, entry);
        }
      }
      throw e;
    }
  }

  private static KeptPrefix get(Entry entry) {
    try {
      return entry.made.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      CancellationException cancelled = new CancellationException("interrupted");
      cancelled.initCause(e);
      throw cancelled;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }

  private synchronized Entry lend(IntBuffer tokens, Supplier<KeptPrefix> maker) {
    Entry entry = recent.computeIfAbsent(tokens, key -> new Entry(maker));
    entry.users++;
    return entry;
  }

  /** Notes how large a prefix is and makes room. */
  private synchronized void keep(Entry entry, KeptPrefix prefix) {
    entry.bytes = prefix == null ? 0 : prefix.bytes();
    long bytes = recent.values().stream().mapToLong(kept -> kept.bytes).sum();
    Iterator<Entry> oldest = recent.values().iterator();
    while (recent.size() > 1 && (recent.size() > MOST || bytes > MOST_BYTES)) {
      Entry dropped = oldest.next();
      bytes -= dropped.bytes;
      oldest.remove();
      drop(dropped);
    }
  }

  private void drop(Entry entry) {
    entry.dropped = true;
    free(entry);
  }

  private synchronized void giveBack(Entry entry) {
    entry.users--;
    free(entry);
  }

  /** Frees what nobody uses and nobody will. */
  private static void free(Entry entry) {
    if (entry.dropped && entry.users == 0 && entry.bytes > 0) {
      get(entry).close();
      entry.bytes = 0;
    }
  }

  /** Frees all that nobody uses, and the rest once nobody does. */
  @Override
  public synchronized void close() {
    recent.values().forEach(this::drop);
    recent.clear();
  }
}
