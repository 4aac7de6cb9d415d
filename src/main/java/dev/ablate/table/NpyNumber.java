package dev.ablate.table;

import dev.ablate.code.InputException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The types of numbers that tables may have as NPY. */
enum NpyNumber {
  BOOL("|b1", 1) {
    @Override
    double next(ByteBuffer row) {
      return row.get();
    }
  },
  BYTE("|i1", 1) {
    @Override
    double next(ByteBuffer row) {
      return row.get();
    }
  },
  UNSIGNED_BYTE("|u1", 1) {
    @Override
    double next(ByteBuffer row) {
      return row.get() & 0xFF;
    }
  },
  SHORT("<i2", 2) {
    @Override
    double next(ByteBuffer row) {
      return row.getShort();
    }
  },
  UNSIGNED_SHORT("<u2", 2) {
    @Override
    double next(ByteBuffer row) {
      return row.getShort() & 0xFFFF;
    }
  },
  INT("<i4", 4) {
    @Override
    double next(ByteBuffer row) {
      return row.getInt();
    }
  },
  UNSIGNED_INT("<u4", 4) {
    @Override
    double next(ByteBuffer row) {
      return Integer.toUnsignedLong(row.getInt());
    }
  },
  LONG("<i8", 8) {
    @Override
    double next(ByteBuffer row) {
      return row.getLong();
    }
  },
  FLOAT("<f4", 4) {
    @Override
    double next(ByteBuffer row) {
      return row.getFloat();
    }
  },
  DOUBLE("<f8", 8) {
    @Override
    double next(ByteBuffer row) {
      return row.getDouble();
    }
  };

  private final String type;
  private final int bytes;

  NpyNumber(String type, int bytes) {
    this.type = type;
    this.bytes = bytes;
  }

  /** The next number of a row. */
  abstract double next(ByteBuffer row);

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
