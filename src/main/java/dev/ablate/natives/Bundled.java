package dev.ablate.natives;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.jar.JarEntry;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * A library as a jar holds it, and its copy on disk. The copy is written beside its place, compared
 * with the jar's checksum, given the time that the jar names, and only then moved to its place in
 * one step: whatever has the right size and time there is whole, and a start need not read it.
 *
 * @param place where it belongs below a folder of libraries: jar, then path in the jar
 * @param content where to read it
 * @param bytes its size
 * @param time when it was made
 * @param checksum CRC-32, or -1 where only its reading tells
 */
record Bundled(Path place, URLConnection content, long bytes, FileTime time, long checksum) {
  private static final String TEMPORARY = ".part";

  /** A writer that is still at work is younger than this. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  static Bundled of(URL resource, String name) throws IOException {
    URLConnection content = resource.openConnection();
    if (content instanceof JarURLConnection jar) {
      JarEntry entry = jar.getJarEntry();
      String file = jar.getJarFileURL().getPath();
      return new Bundled(
          Path.of(file.substring(file.lastIndexOf('/') + 1), entry.getName()),
          content,
          entry.getSize(),
          FileTime.from(entry.getTimeLocal().toInstant(ZoneOffset.UTC)),
          entry.getCrc());
    }
    return new Bundled(
        Path.of("classes", name),
        content,
        content.getContentLengthLong(),
        FileTime.from(Instant.ofEpochMilli(content.getLastModified())),
        -1);
  }

  /** Its copy below a folder of libraries, written if it is not there, whole and this user's. */
  Path in(Path natives) throws IOException {
    Path folder = OwnFolder.make(OwnFolder.make(natives).resolve(place).getParent());
    Path file = folder.resolve(place.getFileName());
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS) || !whole(file)) {
      write(file);
    }
    return file;
  }

  private boolean whole(Path file) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return attributes.size() == bytes
        && attributes.lastModifiedTime().toMillis() == time.toMillis()
        && OwnFolder.holdsOwnFile(file);
  }

  private void write(Path file) throws IOException {
    place(file, time, this::copyTo);
  }

  /** Writes a file beside its place. */
  interface Filler {
    /** Fills an empty file. */
    void fill(Path part) throws IOException;
  }

  /** Puts a file in its place when it is complete, and removes what killed runs left beside it. */
  static void place(Path file, FileTime time, Filler filler) throws IOException {
    removeAbandoned(file.getParent());
    Path part = Files.createTempFile(file.getParent(), "", TEMPORARY);
    try {
      filler.fill(part);
      settle(part, time);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private void copyTo(Path part) throws IOException {
    long count;
    CRC32 read = new CRC32();
    try (InputStream in = new CheckedInputStream(content.getInputStream(), read);
        FileOutputStream out = new FileOutputStream(part.toFile())) {
      count = in.transferTo(out);
      // After a power failure a name must not lead to blocks that were never written.
      out.getFD().sync();
    }
    if (count != bytes || checksum >= 0 && read.getValue() != checksum) {
      throw new UnsatisfiedLinkError(content.getURL() + " is damaged: install it again");
    }
  }

  /** Makes a file that is complete one that this user can load and nobody can change. */
  private static void settle(Path part, FileTime time) throws IOException {
    if (part.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("r-x------"));
    }
    Files.setLastModifiedTime(part, time);
  }

  /** Removes what killed runs left. */
  private static void removeAbandoned(Path folder) throws IOException {
    Instant abandoned = Instant.now().minus(ABANDONED);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.getFileName().toString().endsWith(TEMPORARY) && olderThan(abandoned, file)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static boolean olderThan(Instant time, Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(time);
    } catch (NoSuchFileException e) {
      // Another run has just moved it to its place.
      return false;
    }
  }
}
