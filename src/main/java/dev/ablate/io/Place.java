package dev.ablate.io;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the bytes of an output go: a file that is replaced as a whole, or something that is written
 * to as it comes, such as a pipe, a device or a descriptor that the shell opened.
 *
 * @param path the place itself, links followed; it need not be there
 * @param direct whether bytes are written to it as they come
 */
record Place(Path path, boolean direct) {
  /** As many links as Linux follows. */
  private static final int MOST_LINKS = 40;

  private static final Path KERNEL = Path.of("/proc");
  private static final Path DESCRIPTORS = Path.of("/dev/fd");
  private static final Pattern DESCRIPTOR =
      Pattern.compile("/proc/(\\d+)(?:/task/\\d+)?/fd/(\\d+)");

  /**
   * Follows a path. Links are followed one by one, because {@code /dev/stdout} leads by way of
   * {@code /proc} to whatever the shell opened, be it a plain file: to replace that file would lose
   * what the shell writes to it.
   *
   * @throws IOException if its folder is not there, or its links lead nowhere
   */
  static Place of(Path named) throws IOException {
    Path at = named.toAbsolutePath();
    for (int links = 0; links < MOST_LINKS; links++) {
      Path real =
          at.getParent() == null ? at : at.getParent().toRealPath().resolve(at.getFileName());
      if (real.startsWith(KERNEL) || real.startsWith(DESCRIPTORS)) {
        return new Place(real, true);
      }
      if (!Files.isSymbolicLink(real)) {
        return new Place(real, Files.exists(real) && !Files.isRegularFile(real));
      }
      at = real.resolveSibling(Files.readSymbolicLink(real));
    }
    throw new FileSystemLoopException(named.toString());
  }

  /** Where the bytes go that are written directly. */
  OutputStream open() throws IOException {
    return switch (descriptor()) {
      case 1 -> new Lent(FileDescriptor.out);
      case 2 -> new Lent(FileDescriptor.err);
      // What is there stays: a shell that appends has not emptied the file either.
      default -> new FileOutputStream(path.toFile(), true);
    };
  }

  /**
   * Checks that bytes can be written directly.
   *
   * @throws IOException if there is no such thing, or it is open for reading only
   */
  void requireOpen() throws IOException {
    int descriptor = descriptor();
    if (descriptor != 1 && descriptor != 2 && !Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    Path flags = KERNEL.resolve("self/fdinfo/" + descriptor);
    if (descriptor >= 0 && Files.isReadable(flags)) {
      for (String line : Files.readAllLines(flags)) {
        if (line.startsWith("flags:") && line.matches(".*[04]")) {
          throw new IOException("it is open for reading only");
        }
      }
    }
  }

  /**
   * Checks that the file system takes the name: a temporary file beside it has another one.
   *
   * @throws IOException if it is too long, or there is another reason against it
   */
  void requireName() throws IOException {
    try {
      Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      // A name that is free can be given.
      return;
    }
  }

  /** The number of a descriptor of this process, -1 for all else. */
  private int descriptor() {
    Matcher matcher = DESCRIPTOR.matcher(path.toString());
    boolean own =
        matcher.matches() && matcher.group(1).equals(Long.toString(ProcessHandle.current().pid()));
    return own ? Integer.parseInt(matcher.group(2)) : -1;
  }

  /** A descriptor that others go on using: it is never closed. */
  private static final class Lent extends FileOutputStream {
    Lent(FileDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    public void close() {
      // Bytes go out as they are written.
    }
  }
}
