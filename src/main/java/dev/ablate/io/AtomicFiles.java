package dev.ablate.io;

import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files that are there whole or not at all. */
public final class AtomicFiles {
  private static final int BUFFER = 1 << 16;

  private AtomicFiles() {}

  /** Writes the contents of a file. */
  @FunctionalInterface
  public interface Writer {
    /** Writes everything; the stream is closed by the caller. */
    void write(OutputStream out) throws IOException;
  }

  /**
   * Writes to a temporary file in the same folder and moves it into place, with the rights of what
   * it replaces. A link keeps pointing to its file. What is no plain file, such as a pipe or a
   * descriptor that the shell opened, is written to directly.
   *
   * @throws InputException if the target cannot be written; what was there before stays
   */
  public static void write(Path target, Writer writer) {
    requireNoFolder(target);
    try {
      Place place = place(target);
      requireRights(target, place);
      if (place.direct()) {
        try (OutputStream out = new BufferedOutputStream(place.open(), BUFFER)) {
          writer.write(out);
        }
      } else {
        move(place.path(), writer);
      }
    } catch (IOException e) {
      throw unwritten(target, e);
    }
  }

  /**
   * Writes a file that is ours to name in somebody's folder, such as {@code ID.json}. Whatever
   * stands there is replaced, but for a folder; a link is replaced and never followed, because who
   * may write in the folder may have put it there.
   *
   * @throws InputException if it cannot be written; what was there before stays
   */
  public static void replace(Path target, Writer writer) {
    requireReplaceable(target);
    try {
      move(target, writer);
    } catch (IOException e) {
      throw unwritten(target, e);
    }
  }

  /** Whether bytes are written to a target as they come, and what is there stays. */
  public static boolean isDirect(Path target) {
    try {
      return Place.of(target).direct();
    } catch (IOException e) {
      return false;
    }
  }

  private static void move(Path place, Writer writer) throws IOException {
    try (TemporaryFile temporary = TemporaryFile.beside(place)) {
      temporary.fill(writer);
      temporary.moveTo(place);
    }
  }

  static InputException unwritten(Path target, IOException e) {
    return new InputException(
        "cannot write "
            + target
            + " ("
            + FileTrouble.reason(e)
            + "): free the place or choose another one",
        e);
  }

  /**
   * Checks that a file can be written, before long work begins; leaves nothing behind.
   *
   * @throws InputException if it cannot
   */
  public static void requireWritable(Path target) {
    requireNoFolder(target);
    Place place;
    try {
      place = place(target);
      requireRights(target, place);
      if (place.direct()) {
        place.requireOpen();
        return;
      }
      place.requireName();
    } catch (IOException e) {
      throw unwritten(target, e);
    }
    try {
      TemporaryFile.beside(place.path()).close();
    } catch (IOException e) {
      throw new InputException(
          "cannot write "
              + target
              + ": no file can be made in "
              + place.path().getParent()
              + " ("
              + FileTrouble.reason(e)
              + "), choose another folder or change its rights",
          e);
    }
  }

  /**
   * Checks that {@link #replace} may put a file there.
   *
   * @throws InputException if a folder stands there, or a read-only file
   */
  public static void requireReplaceable(Path target) {
    if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      requireNoFolder(target);
    }
    if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
      requireNotReadOnly(target, target);
    }
  }

  private static Place place(Path target) throws IOException {
    try {
      return Place.of(target);
    } catch (NoSuchFileException e) {
      boolean link = Files.isSymbolicLink(target);
      throw new InputException(
          "cannot write "
              + target
              + ": "
              + (link ? "it is a link into a folder that" : "the folder " + folder(target))
              + " does not exist, create it first",
          e);
    }
  }

  private static Path folder(Path target) {
    return target.toAbsolutePath().getParent();
  }

  private static void requireNoFolder(Path target) {
    if (Files.isDirectory(target)) {
      throw new InputException("cannot write " + target + ": it is a folder, name a file in it");
    }
  }

  private static void requireRights(Path target, Place place) {
    Path folder = place.path().getParent();
    if (!place.direct() && !Files.isDirectory(folder)) {
      throw new InputException(
          "cannot write " + target + ": the folder " + folder + " does not exist, create it first");
    }
    requireNotReadOnly(target, place.path());
  }

  private static void requireNotReadOnly(Path target, Path place) {
    if (Files.exists(place) && !Files.isWritable(place)) {
      throw new InputException(
          "cannot write " + target + ": it is read-only, choose another file or change its rights");
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
          "cannot make the folder "
              + folder
              + " ("
              + FileTrouble.reason(e)
              + "): choose another one, or change what stands in the way",
          e);
    }
    try {
      // Any name will do: only its folder matters.
      TemporaryFile.beside(folder.resolve(Leftovers.name("probe"))).close();
    } catch (IOException e) {
      throw new InputException(
          "cannot write in the folder "
              + folder
              + ": no file can be made in it ("
              + FileTrouble.reason(e)
              + "), change its rights or choose another one",
          e);
    }
  }

  /**
   * Makes a folder as {@link #makeFolder} and has something fill it; if that fails, folders that
   * were made for it and hold nothing go again.
   *
   * @throws InputException if there can be no folder
   */
  public static void fill(Path folder, Runnable task) {
    List<Path> missing = new ArrayList<>();
    for (Path at = folder.toAbsolutePath();
        at != null && Files.notExists(at, LinkOption.NOFOLLOW_LINKS);
        at = at.getParent()) {
      missing.add(at);
    }
    try {
      makeFolder(folder);
      task.run();
    } catch (RuntimeException | Error e) {
      missing.forEach(AtomicFiles::removeEmpty);
      throw e;
    }
  }

  private static void removeEmpty(Path folder) {
    try {
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // It holds something, or cannot be removed: what failed before is told.
      return;
    }
  }
}
