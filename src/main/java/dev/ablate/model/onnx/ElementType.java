package dev.ablate.model.onnx;

import java.util.Locale;

/** Types of the numbers in a tensor, in the order of {@code onnx.proto3}'s {@code DataType}. */
public enum ElementType {
  /** No tensor, or a type that this list does not have. */
  OTHER(0),
  /** 32-bit float. */
  FLOAT(4),
  /** Unsigned byte. */
  UINT8(1),
  /** Signed byte. */
  INT8(1),
  /** Unsigned 16-bit number. */
  UINT16(2),
  /** Signed 16-bit number. */
  INT16(2),
  /** Signed 32-bit number. */
  INT32(4),
  /** Signed 64-bit number. */
  INT64(8),
  /** Text, which has no fixed size. */
  STRING(0),
  /** A byte, 0 or 1. */
  BOOL(1),
  /** IEEE half. */
  FLOAT16(2),
  /** 64-bit float. */
  DOUBLE(8),
  /** Unsigned 32-bit number. */
  UINT32(4),
  /** Unsigned 64-bit number. */
  UINT64(8),
  /** Two floats. */
  COMPLEX64(8),
  /** Two doubles. */
  COMPLEX128(16),
  /** The upper half of a 32-bit float. */
  BFLOAT16(2);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes a number; 0 where there is no fixed size. */
  public int bytes() {
    return bytes;
  }

  /** The type that ONNX Runtime numbers so. */
  static ElementType of(int number) {
    return number >= 0 && number < values().length ? values()[number] : OTHER;
  }

  @Override
  public String toString() {
    return this == OTHER ? "no tensor" : name().toLowerCase(Locale.ROOT);
  }
}
