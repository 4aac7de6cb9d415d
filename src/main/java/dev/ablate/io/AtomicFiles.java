package dev.ablate.io;

import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Files that are there whole or not at all. */
public final class AtomicFiles {
  private static final int BUFFER = 1 << 16;

  /** Files being written, which go when the process is interrupted. */
  private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(AtomicFiles::deleteUnfinished));
  }

  private AtomicFiles() {}

  /** Writes the contents of a file. */
  @FunctionalInterface
  public interface Writer {
    /** Writes everything; the stream is closed by the caller. */
    void write(OutputStream out) throws IOException;
  }

  /**
   * Writes to a temporary file in the same folder and moves it into place. A target that exists and
   * is no plain file, such as a pipe, is written to directly.
   *
   * @throws InputException if the target cannot be written; what was there before stays
   */
  public static void write(Path target, Writer writer) {
    requireWritable(target);
    try {
      if (isSpecial(target)) {
        stream(target, writer, false);
        return;
      }
      Path place = place(target);
      Path temporary = temporaryBeside(place);
      UNFINISHED.add(temporary);
      try {
        stream(temporary, writer, true);
        move(temporary, place);
      } finally {
        Files.deleteIfExists(temporary);
        UNFINISHED.remove(temporary);
      }
    } catch (IOException e) {
      throw new InputException(
          "cannot write "
              + target
              + " ("
              + FileTrouble.reason(e)
              + "): free the place or choose another one",
          e);
    }
  }

  /**
   * Checks that a file can be written, before long work begins; leaves nothing behind.
   *
   * @throws InputException if it cannot
   */
  public static void requireWritable(Path target) {
    if (Files.isDirectory(target)) {
      throw new InputException("cannot write " + target + ": it is a folder, name a file in it");
    }
    if (Files.exists(target) && !Files.isWritable(target)) {
      throw new InputException(
          "cannot write " + target + ": it is read-only, choose another file or change its rights");
    }
    if (isSpecial(target)) {
      return;
    }
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new InputException(
          "cannot write " + target + ": the folder " + folder + " does not exist, create it first");
    }
    try {
      Path probe = temporaryBeside(place(target));
      Files.createFile(probe);
      Files.delete(probe);
    } catch (IOException e) {
      throw new InputException(
          "cannot write " + target + ": no file can be made in " + folder + ", choose another one",
          e);
    }
  }

  /**
   * Makes a folder where there is none, and checks that files can be made in it.
   *
   * @throws InputException if that cannot be
   */
  public static void makeFolder(Path folder) {
    try {
      // Before JDK 19 createDirectories refuses a link to a folder.
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw new InputException(
          "cannot make the folder " + folder + ": a file or its rights stand in the way", e);
    }
    requireWritable(folder.resolve("probe"));
  }

  private static boolean isSpecial(Path target) {
    return Files.exists(target) && !Files.isRegularFile(target);
  }

  /** Where the bytes go: a link keeps pointing to its file. */
  private static Path place(Path target) throws IOException {
    return Files.isSymbolicLink(target) ? target.toRealPath() : target;
  }

  private static Path temporaryBeside(Path target) {
    return target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
  }

  private static void stream(Path path, Writer writer, boolean sync) throws IOException {
    try (FileOutputStream file = new FileOutputStream(path.toFile());
        OutputStream out = new BufferedOutputStream(file, BUFFER)) {
      writer.write(out);
      out.flush();
      if (sync) {
        file.getFD().sync();
      }
    }
  }

  private static void deleteUnfinished() {
    for (Path temporary : UNFINISHED) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException e) {
        // The process ends; there is nobody left to tell.
        continue;
      }
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
