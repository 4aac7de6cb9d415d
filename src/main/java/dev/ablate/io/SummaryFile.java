package dev.ablate.io;

import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;

/**
 * {@code summary.jsonl}: a line for each of many inputs, as they finish. It only grows while it is
 * open, by whole lines that the disk has before anybody hears of them. A link in its place is never
 * followed; a file that is something else stays as it is. One run at a time has it.
 */
public final class SummaryFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;

  private SummaryFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Begins a summary with those lines of an earlier one that are worth keeping, of each input the
   * last. They take the place of the earlier one in one step.
   *
   * @param kept whether a line still holds
   * @throws InputException if something else stands there, if another run writes to it, or if it
   *     cannot be written; what is there stays
   */
  public static SummaryFile open(Path path, Predicate<SummaryEntry> kept) {
    AtomicFiles.requireReplaceable(path);
    try (FileChannel earlier = earlier(path)) {
      Map<String, byte[]> lines = earlier == null ? Map.of() : lines(earlier, path, kept);
      AtomicFiles.replace(
          path,
          out -> {
            for (byte[] line : lines.values()) {
              out.write(line);
              out.write('\n');
            }
          });
      FileChannel channel = locked(path);
      return new SummaryFile(path, channel.position(channel.size()));
    } catch (IOException e) {
      throw AtomicFiles.unwritten(path, e);
    }
  }

  /** What stands there, locked; null where that is nothing or a link. */
  private static FileChannel earlier(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS) || Files.isSymbolicLink(path)) {
      return null;
    }
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new InputException("cannot write " + path + ": it is no plain file, take it away");
    }
    return locked(path);
  }

  private static FileChannel locked(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    try {
      lock(channel, path);
      return channel;
    } catch (InputException e) {
      channel.close();
      throw e;
    }
  }

  private static void lock(FileChannel channel, Path path) {
    try {
      if (channel.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // Another run of this process.
    } catch (IOException e) {
      // A file system without locks: then nobody can tell.
      return;
    }
    throw new InputException(
        path + ": another run is writing to it; wait for its end or name another folder");
  }

  private static Map<String, byte[]> lines(
      FileChannel channel, Path path, Predicate<SummaryEntry> kept) throws IOException {
    Map<String, byte[]> lines = new LinkedHashMap<>();
    InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
    requireOurs(in, path);
    for (byte[] line = next(in); line != null; line = next(in)) {
      SummaryEntry entry = SummaryJson.read(line);
      if (entry != null && kept.test(entry)) {
        lines.remove(entry.id());
        lines.put(entry.id(), line);
      }
    }
    return lines;
  }

  /** A file of that name may be somebody's own; of ours, a kill may have left the beginning. */
  private static void requireOurs(InputStream in, Path path) throws IOException {
    in.mark(SummaryJson.BEGIN.length());
    String front =
        new String(in.readNBytes(SummaryJson.BEGIN.length()), StandardCharsets.ISO_8859_1);
    if (!SummaryJson.BEGIN.startsWith(front)) {
      throw new InputException(
          path
              + ": it is no summary of Ablate and stays as it is: move it away or name another"
              + " folder");
    }
    in.reset();
  }

  /** The next line without its line feed; null at the end. */
  private static byte[] next(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int read = in.read();
    if (read < 0) {
      return null;
    }
    while (read >= 0 && read != '\n') {
      line.write(read);
      read = in.read();
    }
    return line.toByteArray();
  }

  /**
   * Adds a line and waits until the disk has it.
   *
   * @param line ends with a line feed
   * @throws InputException if it cannot be written; no part of it stays then
   * @throws CancellationException if a thread that adds lines was interrupted
   */
  public void append(byte[] line) {
    ByteBuffer rest = ByteBuffer.wrap(line);
    try {
      long whole = channel.position();
      try {
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(false);
      } catch (IOException e) {
        channel.truncate(whole);
        throw e;
      }
    } catch (ClosedChannelException e) {
      CancellationException cancelled = new CancellationException("interrupted");
      cancelled.initCause(e);
      throw cancelled;
    } catch (IOException e) {
      throw new InputException(
          "cannot write "
              + path
              + " ("
              + FileTrouble.reason(e)
              + "): free the place and run again, the results that are there are whole",
          e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Every line was forced to the disk before.
      return;
    }
  }
}
