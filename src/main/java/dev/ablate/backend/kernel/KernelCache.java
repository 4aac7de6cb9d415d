package dev.ablate.backend.kernel;

import dev.ablate.code.Sha256;
import dev.ablate.natives.OwnFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Compiled kernels on disk, shared by all runs of a user.
 *
 * <p>An entry is a file {@code <key>.kernel}: 8 bytes of magic, the SHA-256 of the content, the
 * content. It is written beside its place and moved there in one step, so a killed run leaves at
 * most a temporary file; whatever is truncated or changed does not fit its checksum and is treated
 * as missing. A folder that cannot be read or written, or that others could write to, means no
 * cache, never a failure: a driver runs what an entry holds. Safe from several threads and
 * processes.
 */
public final class KernelCache {
  private static final byte[] MAGIC = "ABLATEK1".getBytes(StandardCharsets.US_ASCII);
  private static final int HASH_BYTES = 32;
  private static final String ENTRY = ".kernel";
  private static final String TEMPORARY = ".part";

  /** Machine code of all kernels is a few MiB a device and driver. */
  private static final long MOST_BYTES = 256L << 20;

  /** A writer that is still at work is younger than this. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  /** How often a use of an entry is noted in its time stamp. */
  private static final Duration NOTED = Duration.ofHours(1);

  private final Path folder;
  private final long mostBytes;

  /**
   * A cache in a folder, which is made when it is first written to.
   *
   * @param folder where the entries are
   * @param mostBytes bytes of entries beyond which the longest unused are removed
   */
  public KernelCache(Path folder, long mostBytes) {
    this.folder = folder;
    this.mostBytes = mostBytes;
  }

  /** The cache of this user. */
  public static KernelCache standard() {
    return new KernelCache(OwnFolder.cache(), MOST_BYTES);
  }

  /** Where the entries are. */
  public Path folder() {
    return folder;
  }

  /**
   * The key of a compiled kernel: the SHA-256, in hexadecimal, of all it depends on, one a line.
   * Only the last part, the source, may have several lines.
   */
  public static String key(String... parts) {
    return Sha256.hex(String.join("\n", parts));
  }

  /** What was written under a key, or nothing if there is no such entry or it is broken. */
  public Optional<byte[]> read(String key) {
    Path file = folder.resolve(key + ENTRY);
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      OwnFolder.check(folder);
      byte[] all = Files.readAllBytes(file);
      Optional<byte[]> content = content(all);
      if (content.isPresent()) {
        note(file);
      } else {
        Files.deleteIfExists(file);
      }
      return content;
    } catch (IOException | SecurityException e) {
      return Optional.empty();
    }
  }

  /** Keeps a compiled kernel, in place of what the key had, if the folder can be written. */
  public void write(String key, byte[] content) {
    Path part = null;
    try {
      if (!Files.isDirectory(folder)) {
        OwnFolder.make(folder);
      }
      OwnFolder.check(folder);
      part = Files.createTempFile(folder, key.substring(0, Math.min(8, key.length())), TEMPORARY);
      byte[] all =
          ByteBuffer.allocate(MAGIC.length + HASH_BYTES + content.length)
              .put(MAGIC)
              .put(Sha256.digest().digest(content))
              .put(content)
              .array();
      Files.write(part, all);
      move(part, folder.resolve(key + ENTRY));
      trim();
    } catch (IOException | UncheckedIOException | SecurityException e) {
      if (part != null) {
        remove(part);
      }
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      // A half copied entry would still fail its checksum.
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static Optional<byte[]> content(byte[] all) {
    int start = MAGIC.length + HASH_BYTES;
    if (all.length < start || !Arrays.equals(all, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      return Optional.empty();
    }
    byte[] content = Arrays.copyOfRange(all, start, all.length);
    byte[] hash = Sha256.digest().digest(content);
    return Arrays.equals(all, MAGIC.length, start, hash, 0, HASH_BYTES)
        ? Optional.of(content)
        : Optional.empty();
  }

  private static void note(Path file) throws IOException {
    Instant now = Instant.now();
    if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(NOTED))) {
      Files.setLastModifiedTime(file, FileTime.from(now));
    }
  }

  private record Entry(Path file, long bytes, Instant used) {}

  /** Removes what killed runs left, and the longest unused entries while there are too many. */
  private void trim() throws IOException {
    List<Entry> entries = new ArrayList<>();
    Instant abandoned = Instant.now().minus(ABANDONED);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString();
        Entry entry = name.endsWith(ENTRY) || name.endsWith(TEMPORARY) ? entry(file) : null;
        if (entry != null && name.endsWith(ENTRY)) {
          entries.add(entry);
        } else if (entry != null && entry.used().isBefore(abandoned)) {
          remove(file);
        }
      }
    }
    long bytes = entries.stream().mapToLong(Entry::bytes).sum();
    entries.sort(Comparator.comparing(Entry::used));
    for (Entry entry : entries) {
      if (bytes <= mostBytes) {
        break;
      }
      remove(entry.file());
      bytes -= entry.bytes();
    }
  }

  /** A file's size and age, or null when another process removed it meanwhile. */
  private static Entry entry(Path file) {
    try {
      return new Entry(file, Files.size(file), Files.getLastModifiedTime(file).toInstant());
    } catch (IOException e) {
      return null;
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException | SecurityException e) {
      // Another process has it open or removed it: the next write tries again.
    }
  }
}
