package dev.ablate.table;

import dev.ablate.code.InputException;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;

/**
 * An NPY array that is read row by row, from a {@code .npy} file or a member of a {@code .npz}
 * archive ({@code archive.npz:member}; the member may be left out when there is only one). Arrays
 * of any length are read in pieces of a row.
 */
public final class NpyInput implements Closeable {
  private static final int BUFFER = 1 << 20;
  private static final String ARCHIVE = ".npz";

  private final String where;
  private final Closeable archive;
  private final InputStream in;
  private final long length;
  private final NpyHeader header;
  private ByteBuffer row = ByteBuffer.allocate(0);
  private long bytesRead;

  private NpyInput(String where, Closeable archive, InputStream in, long length)
      throws IOException {
    this.where = where;
    this.archive = archive;
    this.in = in;
    this.length = length;
    this.header = NpyHeader.read(in);
    if (header == null) {
      throw new InputException(where + " is not an NPY file: write it with numpy.save");
    }
    if (header.isStructured()) {
      throw new InputException(where + " holds structured records: save plain numbers");
    }
    if (header.type().contains("O")) {
      throw new InputException(
          where + " holds pickled objects, which are never read: save plain numbers");
    }
    if (header.fortran()) {
      throw new InputException(
          where + " is in Fortran order: save numpy.ascontiguousarray(array) instead");
    }
  }

  /**
   * Opens an array.
   *
   * @throws InputException if there is none, or not one that can be read
   */
  public static NpyInput open(Path path) {
    String name = path.toString();
    int member = name.lastIndexOf(ARCHIVE + ":");
    try {
      if (member >= 0 && !Files.exists(path)) {
        int end = member + ARCHIVE.length();
        return fromArchive(Path.of(name.substring(0, end)), name.substring(end + 1));
      }
      TableFiles.requireFile(path);
      if (name.endsWith(ARCHIVE)) {
        return fromArchive(path, null);
      }
      return open(name, null, Files.newInputStream(path), Files.size(path));
    } catch (IOException e) {
      throw TableFiles.unreadable(name, e);
    }
  }

  private static NpyInput fromArchive(Path path, String member) throws IOException {
    TableFiles.requireFile(path);
    NpzArchive archive = NpzArchive.open(path);
    try {
      ZipEntry entry = archive.array(member);
      return open(archive.where(entry), archive, archive.checked(entry), entry.getSize());
    } catch (IOException | RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  private static NpyInput open(String where, Closeable archive, InputStream raw, long length)
      throws IOException {
    InputStream in = new BufferedInputStream(raw, BUFFER);
    try {
      return new NpyInput(where, archive, in, length);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** The file, for messages. */
  public String where() {
    return where;
  }

  /** Type and shape. */
  public NpyHeader header() {
    return header;
  }

  /**
   * Fails before memory is set aside for an array that the file is too short to hold.
   *
   * @param bytes what the shape needs
   * @throws InputException if the file, its header included, is shorter than that
   */
  public void requireLength(long bytes) {
    if (length < bytes) {
      throw cutShort(length + " bytes are there");
    }
  }

  /**
   * The next bytes, little-endian.
   *
   * @param length how many
   * @return a buffer that the next call overwrites
   * @throws InputException if the file ends before them
   */
  public ByteBuffer next(int length) {
    if (row.capacity() != length) {
      row = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }
    try {
      int read = in.readNBytes(row.array(), 0, length);
      bytesRead += read;
      if (read < length) {
        throw cutShort(bytesRead + " bytes of data are there");
      }
    } catch (IOException e) {
      throw TableFiles.unreadable(where, e);
    }
    return row.rewind();
  }

  private InputException cutShort(String found) {
    return new InputException(
        where
            + " is cut short: "
            + found
            + " and the shape "
            + header.shownShape()
            + " needs more: write it again");
  }

  @Override
  public void close() {
    try {
      in.close();
      if (archive != null) {
        archive.close();
      }
    } catch (IOException e) {
      throw TableFiles.unreadable(where, e);
    }
  }
}
