package dev.ablate.model.onnx;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Scores;
import java.nio.ByteBuffer;
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

  /** Floating-point numbers of this type, as operations of backends read them. */
  Scores.Number number() {
    return switch (this) {
      case FLOAT -> Scores.Number.F32;
      case DOUBLE -> Scores.Number.F64;
      case FLOAT16 -> Scores.Number.F16;
      case BFLOAT16 -> Scores.Number.BF16;
      default -> throw new IllegalStateException(this + " is no floating-point type");
    };
  }

  /** Whole numbers of this type in a backend's memory. */
  Element element() {
    return switch (this) {
      case INT64 -> Element.U64;
      case INT32 -> Element.I32;
      default -> throw new IllegalStateException(this + " is no type of tokens");
    };
  }

  /**
   * Reads floating-point numbers of this type.
   *
   * @param from native order, from position 0 on
   * @param count how many
   * @param to receives them
   * @param at where the first goes
   */
  void floats(ByteBuffer from, int count, float[] to, int at) {
    if (this == FLOAT) {
      from.asFloatBuffer().get(0, to, at, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      to[at + i] =
          switch (this) {
            case DOUBLE -> (float) from.getDouble(i * Double.BYTES);
            case FLOAT16 -> half(from.getShort(i * Short.BYTES));
            case BFLOAT16 -> Float.intBitsToFloat(from.getShort(i * Short.BYTES) << Short.SIZE);
            default -> throw new IllegalStateException(this + " is no floating-point type");
          };
    }
  }

  /** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
  private static float half(short bits) {
    int exponent = bits >>> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude;
    if (exponent == 0x1f) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else if (exponent == 0) {
      magnitude = Math.scalb((float) fraction, -24);
    } else {
      magnitude = Math.scalb((float) (fraction | 0x400), exponent - 25);
    }
    return bits < 0 ? -magnitude : magnitude;
  }

  @Override
  public String toString() {
    return this == OTHER ? "no tensor" : name().toLowerCase(Locale.ROOT);
  }
}
