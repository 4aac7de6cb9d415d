package dev.ablate.natives;

import dev.ablate.code.FileTrouble;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/**
 * Folders in which nobody but this user and root can put, change or swap a file, so that machine
 * code may be loaded from them. A file system that knows no owners is taken as it is.
 */
public final class OwnFolder {
  private static final int KIND = 0170000;
  private static final int FOLDER = 0040000;
  private static final int FILE = 0100000;
  private static final int STICKY = 01000;
  private static final int WRITTEN_BY_GROUP = 0020;
  private static final int WRITTEN_BY_ALL = 0002;
  private static final int ROOT = 0;

  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private OwnFolder() {}

  /**
   * Where this user's runs keep what can be made again: {@code $ABLATE_CACHE_DIR}, else {@code
   * $XDG_CACHE_HOME/ablate}, else {@code ~/.cache/ablate}.
   */
  public static Path cache() {
    return cache(System.getenv(), System.getProperty("user.home"));
  }

  static Path cache(Map<String, String> environment, String home) {
    String own = environment.getOrDefault("ABLATE_CACHE_DIR", "");
    if (!own.isEmpty()) {
      return Path.of(own);
    }
    String shared = environment.getOrDefault("XDG_CACHE_HOME", "");
    return shared.isEmpty() ? Path.of(home, ".cache", "ablate") : Path.of(shared, "ablate");
  }

  /**
   * Makes a folder that this user alone can enter, and those above it that are missing; takes one
   * that is there if it is no link, is this user's, and nobody else can write to it or swap it.
   *
   * @return its path without links
   * @throws IOException if it can be neither made nor taken
   */
  public static Path make(Path folder) throws IOException {
    Path above = folder.toAbsolutePath().getParent();
    if (!Files.isDirectory(above)) {
      Files.createDirectories(above, onlyMine(above));
    }
    // The folder itself may be no link: whoever made the link could lead it elsewhere.
    Path own = above.toRealPath().resolve(folder.getFileName());
    try {
      Files.createDirectory(own, onlyMine(above));
    } catch (FileAlreadyExistsException e) {
      // Made by an earlier run, or by one at the same time.
    }
    if (knowsOwners(own)) {
      checkFolder(own);
    }
    return own;
  }

  /**
   * Refuses a folder that is not this user's, or that others could write to or swap.
   *
   * @throws IOException with what is wrong, or if there is no such folder
   */
  public static void check(Path folder) throws IOException {
    Path real = folder.toRealPath();
    if (knowsOwners(real)) {
      checkFolder(real);
    }
  }

  /**
   * Refuses a file or folder that anybody but this user and root could write to or swap.
   *
   * @throws IOException with what is wrong, or if there is no such file
   */
  public static void checkSwaps(Path place) throws IOException {
    Path real = place.toRealPath();
    if (knowsOwners(real)) {
      checkChain(real);
    }
  }

  /** What is wrong with a folder or file, in words. */
  public static String reason(IOException e) {
    return e instanceof FileSystemException failure
        ? failure.getFile() + ": " + FileTrouble.reason(e)
        : e.getMessage();
  }

  /** Whether a plain file is this user's and nobody else can write to it. */
  static boolean holdsOwnFile(Path file) throws IOException {
    if (!knowsOwners(file.getParent())) {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }
    Attributes attributes = Attributes.of(file);
    return attributes.is(FILE)
        && attributes.owner() == user()
        && (attributes.mode() & (WRITTEN_BY_GROUP | WRITTEN_BY_ALL)) == 0;
  }

  /** Whether a folder is this user's, and no link to one. */
  static boolean isOwn(Path folder) {
    try {
      checkFolder(folder.toAbsolutePath());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void checkFolder(Path real) throws IOException {
    Attributes attributes = Attributes.of(real);
    if (!attributes.is(FOLDER)) {
      throw new IOException(real + " is no folder but a link or a file");
    }
    if (attributes.owner() != user()) {
      throw new IOException(real + " belongs to another user");
    }
    if (attributes.writtenByOthers(real)) {
      throw new IOException("others can write to " + real);
    }
    checkChain(real.getParent());
  }

  /** Who can write to a folder can swap what is in it, unless it is sticky. */
  private static void checkChain(Path real) throws IOException {
    for (Path each = real; each != null; each = each.getParent()) {
      Attributes attributes = Attributes.of(each);
      if (attributes.owner() != user() && attributes.owner() != ROOT) {
        throw new IOException(each + " belongs to another user");
      }
      boolean sticky = attributes.is(FOLDER) && (attributes.mode() & STICKY) != 0;
      if (attributes.writtenByOthers(each) && !sticky) {
        throw new IOException("others can write to " + each);
      }
    }
  }

  private static boolean knowsOwners(Path place) throws IOException {
    return place.getFileSystem().supportedFileAttributeViews().contains("unix");
  }

  private static FileAttribute<?>[] onlyMine(Path place) throws IOException {
    return knowsOwners(place)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PRIVATE)}
        : new FileAttribute<?>[0];
  }

  private static int user() {
    return User.NUMBER;
  }

  /** Who this process is; the Java library names the user but does not number it. */
  private static final class User {
    static final int NUMBER = number();

    private static int number() {
      try {
        Path process = Path.of("/proc/self");
        if (Files.exists(process)) {
          return (int) Files.getAttribute(process, "unix:uid");
        }
        Path file = Files.createTempFile("ablate", ".user");
        try {
          return (int) Files.getAttribute(file, "unix:uid");
        } finally {
          Files.delete(file);
        }
      } catch (IOException e) {
        // Nobody: then no folder is this user's.
        return -1;
      }
    }
  }

  private record Attributes(int owner, int mode) {
    static Attributes of(Path place) throws IOException {
      Map<String, ?> all = Files.readAttributes(place, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
      return new Attributes((int) all.get("uid"), (int) all.get("mode"));
    }

    boolean is(int kind) {
      return (mode & KIND) == kind;
    }

    /** A group that has its owner's name is that user alone, as most systems set users up. */
    boolean writtenByOthers(Path place) throws IOException {
      if ((mode & WRITTEN_BY_ALL) != 0) {
        return true;
      }
      if ((mode & WRITTEN_BY_GROUP) == 0) {
        return false;
      }
      PosixFileAttributes names =
          Files.readAttributes(place, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return !names.group().getName().equals(names.owner().getName());
    }
  }
}
