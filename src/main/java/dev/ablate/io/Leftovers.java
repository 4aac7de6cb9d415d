package dev.ablate.io;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Temporary files that killed runs left in a folder. */
final class Leftovers {
  private static final String BEGIN = ".ablate-";
  private static final String END = ".tmp";

  /** A file that somebody still writes is younger than this. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  /** Folders with more entries are looked through once a process: each look takes its time. */
  private static final int LARGE = 10_000;

  private static final Set<Path> LARGE_FOLDERS = ConcurrentHashMap.newKeySet();

  private Leftovers() {}

  /** The name of a temporary file: short, so that it fits wherever a result's own name does. */
  static String name(String random) {
    return BEGIN + random + END;
  }

  /**
   * Deletes temporary files of this user that nobody has written to for an hour. What cannot be
   * listed or deleted stays.
   *
   * @param own a file of this user in the folder
   */
  static void clear(Path folder, Path own) {
    if (LARGE_FOLDERS.contains(folder)) {
      return;
    }
    Instant limit = Instant.now().minus(ABANDONED);
    int entries = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      UserPrincipal user = Files.getOwner(own);
      for (Path file : files) {
        entries++;
        String name = file.getFileName().toString();
        if (name.startsWith(BEGIN) && name.endsWith(END)) {
          clear(file, user, limit);
        }
      }
    } catch (IOException | DirectoryIteratorException | UnsupportedOperationException e) {
      // A folder that may be written but not listed.
      return;
    }
    if (entries > LARGE) {
      LARGE_FOLDERS.add(folder);
    }
  }

  private static void clear(Path file, UserPrincipal user, Instant limit) {
    try {
      BasicFileAttributes found =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      boolean old = found.lastModifiedTime().toInstant().isBefore(limit);
      if (old
          && found.isRegularFile()
          && Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).equals(user)) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // Another run was faster, or it is not ours to delete.
      return;
    }
  }
}
