package dev.ablate.table;

import dev.ablate.code.InputException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** The types of numbers that tables may have as NPY. */
enum NpyNumber {
  BOOL("|b1", 1, ByteBuffer::get),
  BYTE("|i1", 1, ByteBuffer::get),
  UNSIGNED_BYTE("|u1", 1, row -> row.get() & 0xFF),
  SHORT("<i2", 2, ByteBuffer::getShort),
  UNSIGNED_SHORT("<u2", 2, row -> row.getShort() & 0xFFFF),
  INT("<i4", 4, ByteBuffer::getInt),
  UNSIGNED_INT("<u4", 4, row -> Integer.toUnsignedLong(row.getInt())),
  LONG("<i8", 8, ByteBuffer::getLong),
  FLOAT("<f4", 4, ByteBuffer::getFloat),
  DOUBLE("<f8", 8, ByteBuffer::getDouble);

  private final String type;
  private final int bytes;
  private final ToDoubleFunction<ByteBuffer> next;

  NpyNumber(String type, int bytes, ToDoubleFunction<ByteBuffer> next) {
    this.type = type;
    this.bytes = bytes;
    this.next = next;
  }

  /** The next number of a row. */
  double next(ByteBuffer row) {
    return next.applyAsDouble(row);
  }

  int bytes() {
    return bytes;
  }

  /**
   * The type of an array.
   *
   * @throws InputException if it is none of these
   */
  static NpyNumber of(NpyInput in) {
    return Arrays.stream(values())
        .filter(number -> number.type.equals(in.header().type()))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    in.where()
                        + " has type "
                        + in.header().shownType()
                        + ": it needs bool, whole numbers or little-endian floats; "
                        + "save array.astype('<f8')"));
  }
}
