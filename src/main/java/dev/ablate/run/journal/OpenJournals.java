package dev.ablate.run.journal;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;

/**
 * Which journals this process has open. A lock on a file is the whole process's, and POSIX ends it
 * as soon as the process closes any descriptor of that file: a second run must be refused before it
 * opens the file, not after.
 */
final class OpenJournals {
  private static final Set<Object> OPEN = new HashSet<>();

  private OpenJournals() {}

  /** A journal that one run has; closing it lets others have it. */
  static final class Claim implements AutoCloseable {
    private final Object key;

    private Claim(Object key) {
      this.key = key;
    }

    @Override
    public void close() {
      synchronized (OPEN) {
        OPEN.remove(key);
      }
    }
  }

  /**
   * Claims a file, which is made where there is none.
   *
   * @return null where another run of this process has it
   */
  static Claim claim(Path path) throws IOException {
    synchronized (OPEN) {
      try {
        // A new file is in nobody's hands.
        Files.createFile(path);
      } catch (FileAlreadyExistsException e) {
        if (OPEN.contains(key(path))) {
          return null;
        }
      }
      Claim claim = new Claim(key(path));
      OPEN.add(claim.key);
      return claim;
    }
  }

  /** Names the file itself, whatever it is called; where the system cannot, its real path. */
  private static Object key(Path path) throws IOException {
    BasicFileAttributes found =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return found.fileKey() == null ? path.toRealPath() : found.fileKey();
  }
}
