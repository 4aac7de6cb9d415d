package dev.ablate.run.journal;

import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import dev.ablate.run.RunSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * The evaluated masks of one game in a file that only grows, so that a run that was killed goes on
 * where it was. {@code docs/formats.md} has the layout. One run at a time holds it, by a lock that
 * ends with the process and by {@link OpenJournals} within it. What {@link #append} was given in
 * one call is there whole or not at all when the file is opened again.
 */
public final class Journal implements AutoCloseable {
  /** Most masks in one {@link #append}, and thus the most that a kill can lose. */
  public static final int MOST_AT_ONCE = 256;

  /** To wait for the disk takes longer than many a mask. */
  private static final long LONGEST_UNFORCED = TimeUnit.SECONDS.toNanos(1);

  private final Path path;
  private final OpenJournals.Claim claim;
  private final FileChannel channel;
  private final JournalRecords records;
  private final KnownValues known;
  private long count;
  // What the file has and the disk may not have yet.
  private int unforced;
  private long forcedAt = System.nanoTime();

  private Journal(
      Path path,
      OpenJournals.Claim claim,
      FileChannel channel,
      JournalRecords records,
      KnownValues known) {
    this.path = path;
    this.claim = claim;
    this.channel = channel;
    this.records = records;
    this.known = known;
  }

  /**
   * Opens a journal, or begins one where there is no file or an empty one. What a kill left
   * unfinished at the end is cut off. A link is not followed: who may write in the folder may have
   * put it there, so whoever wants to follow one names the file that it leads to.
   *
   * @param features features of the game
   * @param outputs outputs of the game
   * @throws InputException if the file is no journal, is of another game, is damaged, is held by
   *     another run, or cannot be read and written; such a file is left as it is
   * @throws CancellationException if the calling thread was interrupted; its status stays set
   */
  public static Journal open(Path path, JournalHeader header, int features, int outputs) {
    requireFile(path);
    OpenJournals.Claim claim = null;
    FileChannel channel = null;
    try {
      claim = OpenJournals.claim(path);
      channel = claim == null ? null : channel(path);
      if (channel == null || channel.tryLock() == null) {
        throw refused(path, "another run is writing to it; wait for its end or name another file");
      }
      JournalRecords records = JournalRecords.begin(channel, header, path, features, outputs);
      KnownValues known = new KnownValues(features, outputs);
      Journal journal = new Journal(path, claim, channel, records, known);
      journal.count = records.read(channel, path, known);
      channel.truncate(records.position(journal.count));
      return journal;
    } catch (ClosedByInterruptException e) {
      close(channel, claim);
      throw interrupted(e);
    } catch (IOException e) {
      close(channel, claim);
      throw new InputException(RunSettings.RESUME + " " + path + ": " + problem(e), e);
    } catch (RuntimeException | Error e) {
      close(channel, claim);
      throw e;
    }
  }

  private static FileChannel channel(Path path) throws IOException {
    return FileChannel.open(
        path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  }

  private static InputException refused(Path path, String why) {
    return new InputException(RunSettings.RESUME + " " + path + ": " + why);
  }

  private static void requireFile(Path path) {
    if (Files.isDirectory(path)) {
      throw refused(path, "it is a folder, name a file in it");
    }
    if (Files.isSymbolicLink(path)) {
      throw refused(path, "it is a link, and a journal is none: delete the link or name its file");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw refused(path, "it is no plain file, name another one");
    }
  }

  /**
   * Checks before long work that a journal may stand there.
   *
   * @throws InputException if the path names a folder, or is in none
   */
  public static void requirePlace(Path path) {
    requireFile(path);
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw refused(path, "the folder " + folder + " does not exist, create it first");
    }
  }

  private static String problem(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "its folder does not exist, create it first";
    }
    if (e instanceof AccessDeniedException) {
      return "it cannot be read and written, change its rights or name another file";
    }
    return "it cannot be opened (" + FileTrouble.reason(e) + "): name another file";
  }

  /** The values that the journal holds; {@link #append} adds to them. */
  public KnownValues known() {
    return known;
  }

  /**
   * Adds masks and their values and waits until the file has them: the end of this process cannot
   * lose them. The end of the machine can lose what was added since the last {@link #force}, which
   * comes by itself after a second or {@link #MOST_AT_ONCE} masks.
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
    } catch (IOException e) {
      throw unwritten(e);
    }
    count += masks;
    unforced += masks;
    for (int r = 0; r < masks; r++) {
      known.add(keys, r * records.keyWords(), values, r * records.outputs());
    }
    if (unforced >= MOST_AT_ONCE || System.nanoTime() - forcedAt > LONGEST_UNFORCED) {
      force();
    }
  }

  /**
   * Waits until the disk has all that was added.
   *
   * @throws InputException if it cannot be written
   * @throws CancellationException if the calling thread was interrupted
   */
  public void force() {
    try {
      if (unforced > 0) {
        channel.force(false);
      }
    } catch (IOException e) {
      throw unwritten(e);
    }
    unforced = 0;
    forcedAt = System.nanoTime();
  }

  private RuntimeException unwritten(IOException e) {
    if (e instanceof ClosedByInterruptException interrupt) {
      return interrupted(interrupt);
    }
    return new InputException(
        RunSettings.RESUME
            + " "
            + path
            + ": cannot be written ("
            + FileTrouble.reason(e)
            + "): free the place and run again, what it holds is kept",
        e);
  }

  private static CancellationException interrupted(IOException e) {
    CancellationException cancelled = new CancellationException("interrupted");
    cancelled.initCause(e);
    return cancelled;
  }

  /** Ends the lock. */
  @Override
  public void close() {
    close(channel, claim);
  }

  private static void close(FileChannel channel, OpenJournals.Claim claim) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // Everything was written to the file before.
      return;
    } finally {
      if (claim != null) {
        claim.close();
      }
    }
  }
}
