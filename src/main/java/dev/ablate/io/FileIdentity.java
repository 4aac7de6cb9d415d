package dev.ablate.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Which file a path names, so that two paths can be compared whatever links lie on their way. Two
 * names of one file (hard links) are one file; a file that is not there yet is its name in the
 * folder that will hold it.
 *
 * @param key equal for the same file
 */
public record FileIdentity(Object key) {
  /** The file behind a path, which need not be there. */
  public static FileIdentity of(Path path) {
    try {
      Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      return new FileIdentity(key == null ? path.toRealPath() : key);
    } catch (IOException e) {
      return new FileIdentity(future(path.toAbsolutePath()));
    }
  }

  /** The file that a link leads to, if it is one; any other path as it is. */
  public static Path followed(Path path) {
    return Files.isSymbolicLink(path) ? future(path.toAbsolutePath()) : path;
  }

  /** Where a file will be: real as far as there is something. */
  private static Path future(Path path) {
    try {
      return Place.of(path).path();
    } catch (IOException e) {
      Path normal = path.normalize();
      Path folder = normal.getParent();
      return folder == null ? normal : future(folder).resolve(normal.getFileName());
    }
  }
}
