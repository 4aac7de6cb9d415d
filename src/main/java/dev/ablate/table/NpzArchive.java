package dev.ablate.table;

import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** The arrays of an NPZ archive. */
final class NpzArchive implements Closeable {
  private static final String MEMBER = ".npy";
  private static final int LISTED = 10;
  private static final int SHOWN = 60;
  private static final int BUFFER = 1 << 16;

  private final Path path;
  private final ZipFile zip;

  private NpzArchive(Path path, ZipFile zip) {
    this.path = path;
    this.zip = zip;
  }

  /**
   * Opens an archive.
   *
   * @throws InputException if the file is none
   */
  static NpzArchive open(Path path) throws IOException {
    try {
      return new NpzArchive(path, new ZipFile(path.toFile()));
    } catch (ZipException e) {
      throw new InputException(path + " is not an NPZ archive: write it with numpy.savez", e);
    }
  }

  /**
   * The member of an array.
   *
   * @param name without the ending; null for the only array
   * @throws InputException if there is no such array, or more than one
   */
  ZipEntry array(String name) {
    List<? extends ZipEntry> arrays =
        zip.stream().filter(e -> e.getName().endsWith(MEMBER)).toList();
    List<? extends ZipEntry> named =
        arrays.stream()
            .filter(e -> name == null || name.equals(withoutEnding(e.getName())))
            .toList();
    if (named.size() == 1) {
      return named.get(0);
    }
    List<String> names = arrays.stream().map(e -> withoutEnding(e.getName())).distinct().toList();
    if (names.isEmpty()) {
      throw new InputException(path + " holds no arrays: write it with numpy.savez");
    }
    if (named.size() > 1 && (names.size() == 1 || name != null)) {
      throw new InputException(
          path
              + " holds "
              + named.size()
              + " arrays of the name "
              + shown(withoutEnding(named.get(0).getName()))
              + ": keep one of them");
    }
    throw new InputException(
        path
            + (name == null
                ? " holds " + arrays.size() + " arrays"
                : " has no array " + shown(name))
            + ": name one of "
            + listed(names)
            + " as "
            + path.getFileName()
            + ":NAME");
  }

  private static String listed(List<String> names) {
    String first =
        names.stream().limit(LISTED).map(NpzArchive::shown).collect(Collectors.joining(", "));
    int more = names.size() - LISTED;
    return more > 0 ? first + " and " + more + " more" : first;
  }

  private static String shown(String name) {
    return OneLine.brief(name, SHOWN);
  }

  private static String withoutEnding(String name) {
    return name.substring(0, name.length() - MEMBER.length());
  }

  /** A member, for messages. */
  String where(ZipEntry entry) {
    return path + ":" + entry.getName();
  }

  /**
   * The content of a member, which is read once before: memory is set aside by what it says about
   * itself, and neither its size nor its checksum is looked at by whoever unpacks it.
   *
   * @throws InputException if its size or its checksum is not that of what it holds
   */
  InputStream checked(ZipEntry entry) throws IOException {
    CRC32 checksum = new CRC32();
    long size = 0;
    byte[] block = new byte[BUFFER];
    try (InputStream in = zip.getInputStream(entry)) {
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        checksum.update(block, 0, read);
        size += read;
        if (size > entry.getSize()) {
          break;
        }
      }
    }
    if (size != entry.getSize() || checksum.getValue() != entry.getCrc()) {
      throw new InputException(
          where(entry)
              + " is damaged: "
              + (size == entry.getSize()
                  ? "its checksum is not that of its content"
                  : "it says that it has " + entry.getSize() + " bytes and has others")
              + "; take an undamaged copy or write it again");
    }
    return zip.getInputStream(entry);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
