package dev.ablate.backend;

/**
 * A one-dimensional block of numbers in the memory of one backend.
 *
 * <p>Shapes are written as {@code (rows, columns) row-major} by whoever uses a buffer; the buffer
 * itself knows only its length. Only {@link #toHost()} moves data, so every copy is visible in the
 * code that asks for it.
 */
public interface Buffer extends AutoCloseable {
  /** What one element is. */
  enum Element {
    /** 64 packed bits. */
    U64(8),
    /** IEEE double. */
    F64(8),
    /** IEEE single. */
    F32(4),
    /** Signed 32-bit integer. */
    I32(4),
    /** One byte. */
    U8(1);

    private final int bytes;

    Element(int bytes) {
      this.bytes = bytes;
    }

    /** Size of one element in bytes. */
    public int bytes() {
      return bytes;
    }
  }

  /** Name of the backend that owns the memory, such as {@code host}. */
  String backend();

  /** Type of the elements. */
  Element element();

  /** Number of elements. */
  long length();

  /** Size in bytes. */
  default long bytes() {
    return length() * element().bytes();
  }

  /** The same data on the host: this buffer itself when it is a host buffer, otherwise a copy. */
  HostBuffer toHost();

  /** Frees the memory; on the host it does nothing. */
  @Override
  void close();
}
