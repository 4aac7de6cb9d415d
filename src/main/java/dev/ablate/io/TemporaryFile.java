package dev.ablate.io;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A file beside its place that moves there when it is whole, and goes when it does not. */
final class TemporaryFile implements AutoCloseable {
  private static final int BUFFER = 1 << 16;
  private static final int RANDOM_BYTES = 8;
  private static final int TRIES = 100;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Files being written, which go when the process is interrupted. */
  private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

  static {
    AtExit.add(() -> UNFINISHED.forEach(TemporaryFile::delete));
  }

  private final Path path;

  private TemporaryFile(Path path) {
    this.path = path;
  }

  /**
   * Makes an empty file beside a place, with the rights of what is there, and clears away what
   * killed runs left beside it.
   */
  static TemporaryFile beside(Path place) throws IOException {
    Path folder = place.toAbsolutePath().getParent();
    Rights rights = Rights.of(place);
    for (int t = 0; t < TRIES; t++) {
      Path path = folder.resolve(Leftovers.name(HexFormat.of().formatHex(random())));
      // Noted first: whatever happens from here on, the file goes.
      UNFINISHED.add(path);
      TemporaryFile file = new TemporaryFile(path);
      try {
        rights.create(path);
        Leftovers.clear(folder, path);
        return file;
      } catch (FileAlreadyExistsException e) {
        UNFINISHED.remove(path);
      } catch (IOException | RuntimeException | Error e) {
        file.close();
        throw e;
      }
    }
    throw new FileAlreadyExistsException(folder.toString());
  }

  private static byte[] random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  /** Writes the file and waits until the disk has it. */
  void fill(AtomicFiles.Writer writer) throws IOException {
    try (FileOutputStream file = new FileOutputStream(path.toFile());
        OutputStream out = new BufferedOutputStream(file, BUFFER)) {
      writer.write(out);
      out.flush();
      file.getFD().sync();
    }
  }

  /** Moves the file to its place, over what is there; a link there is replaced itself. */
  void moveTo(Path place) throws IOException {
    move(path, place);
    UNFINISHED.remove(path);
  }

  /** Moves a file in one step where the file system can. */
  static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Deletes the file, unless it has moved. */
  @Override
  public void close() {
    if (UNFINISHED.contains(path)) {
      delete(path);
      UNFINISHED.remove(path);
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // A later write to the folder clears it away.
      return;
    }
  }
}
