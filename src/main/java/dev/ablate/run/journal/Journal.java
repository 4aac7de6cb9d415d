package dev.ablate.run.journal;

import dev.ablate.code.InputException;
import dev.ablate.run.RunSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CancellationException;

/**
 * The evaluated masks of one game in a file that only grows, so that a run that was killed goes on
 * where it was. {@code docs/formats.md} has the layout. One process at a time holds it, by a lock
 * that ends with the process. What {@link #append} was given in one call is there whole or not at
 * all when the file is opened again.
 */
public final class Journal implements AutoCloseable {
  /** Most masks in one {@link #append}, and thus the most that a kill can lose. */
  public static final int MOST_AT_ONCE = 256;

  private final Path path;
  private final FileChannel channel;
  private final JournalRecords records;
  private final KnownValues known;
  private long count;

  private Journal(Path path, FileChannel channel, JournalRecords records, KnownValues known) {
    this.path = path;
    this.channel = channel;
    this.records = records;
    this.known = known;
  }

  /**
   * Opens a journal, or begins one where there is no file or an empty one. What a kill left
   * unfinished at the end is cut off.
   *
   * @param features features of the game
   * @param outputs outputs of the game
   * @throws InputException if the file is no journal, is of another game, is damaged, is held by
   *     another process, or cannot be read and written; such a file is left as it is
   * @throws CancellationException if the calling thread was interrupted; its status stays set
   */
  public static Journal open(Path path, JournalHeader header, int features, int outputs) {
    if (Files.isDirectory(path)) {
      throw new InputException(
          RunSettings.RESUME + " " + path + ": it is a folder, name a file in it");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new InputException(
          RunSettings.RESUME + " " + path + ": it is no plain file, name another one");
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
      lock(channel, path);
      JournalRecords records = JournalRecords.begin(channel, header, path, features, outputs);
      KnownValues known = new KnownValues(features, outputs);
      Journal journal = new Journal(path, channel, records, known);
      journal.count = records.read(channel, path, known);
      channel.truncate(records.position(journal.count));
      return journal;
    } catch (ClosedByInterruptException e) {
      close(channel);
      throw cancelled(e);
    } catch (IOException e) {
      close(channel);
      throw new InputException(RunSettings.RESUME + " " + path + ": " + problem(e), e);
    } catch (RuntimeException e) {
      close(channel);
      throw e;
    }
  }

  /**
   * Checks before long work that a journal may stand there.
   *
   * @throws InputException if the path names a folder, or is in none
   */
  public static void requirePlace(Path path) {
    Path folder = path.toAbsolutePath().getParent();
    if (Files.isDirectory(path)) {
      throw new InputException(
          RunSettings.RESUME + " " + path + ": it is a folder, name a file in it");
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw new InputException(
          RunSettings.RESUME
              + " "
              + path
              + ": the folder "
              + folder
              + " does not exist, create it first");
    }
  }

  private static CancellationException cancelled(ClosedByInterruptException e) {
    CancellationException cancelled = new CancellationException("interrupted");
    cancelled.initCause(e);
    return cancelled;
  }

  private static void lock(FileChannel channel, Path path) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new InputException(
          RunSettings.RESUME
              + " "
              + path
              + ": another run is writing to it; wait for its end or name another file");
    }
  }

  private static String problem(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "its folder does not exist, create it first";
    }
    if (e instanceof AccessDeniedException) {
      return "it cannot be read and written, change its rights or name another file";
    }
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return "it cannot be opened (" + reason + "): name another file";
  }

  /** The values that the journal holds; {@link #append} adds to them. */
  public KnownValues known() {
    return known;
  }

  /**
   * Adds masks and their values and waits until the file has them.
   *
   * @param keys {@code (masks, keyWords)} as {@link KnownValues#keys} gives them
   * @param values {@code (masks, outputs)}, finite
   * @param masks how many, at most {@link #MOST_AT_ONCE}
   * @throws InputException if they cannot be written
   * @throws CancellationException if the calling thread was interrupted
   */
  public void append(long[] keys, double[] values, int masks) {
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.multiplyExact(masks, records.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int r = 0; r < masks; r++) {
      records.put(buffer, count + r, keys, values, r, masks - 1 - r);
    }
    buffer.flip();
    try {
      long at = records.position(count);
      while (buffer.hasRemaining()) {
        at += channel.write(buffer, at);
      }
      channel.force(false);
    } catch (ClosedByInterruptException e) {
      throw cancelled(e);
    } catch (IOException e) {
      throw new InputException(
          RunSettings.RESUME
              + " "
              + path
              + ": cannot be written ("
              + e.getMessage()
              + "): free the place and run again, what it holds is kept",
          e);
    }
    count += masks;
    for (int r = 0; r < masks; r++) {
      known.add(keys, r * records.keyWords(), values, r * records.outputs());
    }
  }

  /** Ends the lock. */
  @Override
  public void close() {
    close(channel);
  }

  private static void close(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // Everything was forced to the file before.
      return;
    }
  }
}
