package dev.ablate.table;

import dev.ablate.code.InputException;

/**
 * Numbers as cells have them, with a decimal point, or, where no comma is between cells, with a
 * decimal comma; one file has one of them.
 */
final class Decimals {
  private final boolean commas;
  private boolean seen;
  private char sign;
  private String place;

  /**
   * Of one file.
   *
   * @param commas whether a number may have a decimal comma
   */
  Decimals(boolean commas) {
    this.commas = commas;
  }

  /** Whether a cell is empty or a number of either sign, infinite ones and NaN included. */
  static boolean looksLikeNumber(String cell) {
    String number = cell.strip().replace(',', '.');
    try {
      return number.isEmpty()
          || isPlain(number) && !Double.isNaN(Double.parseDouble(number))
          || isNotFinite(number);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /**
   * A finite number.
   *
   * @throws InputException if it is none, or has another decimal sign than others of the file
   */
  double parse(String cell, CsvInput in, int column) {
    String number = cell.strip();
    if (number.isEmpty()) {
      throw new InputException(
          in.where(column) + ": is empty; fill it, or leave out the row or the column");
    }
    int comma = number.indexOf(',');
    boolean point = number.indexOf('.') >= 0;
    if (comma >= 0 && !commas) {
      throw new InputException(
          in.where(column)
              + ": "
              + CsvInput.shown(number)
              + " has a comma; write a decimal point, or put semicolons between cells");
    }
    if (comma >= 0 || point) {
      requireOneSign(comma >= 0 ? ',' : '.', comma >= 0 && point, number, in, column);
    }
    try {
      double value =
          isPlain(number) || comma >= 0 ? Double.parseDouble(number.replace(',', '.')) : Double.NaN;
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new InputException(
        in.where(column)
            + ": "
            + CsvInput.shown(number)
            + " is no finite number; write one, or leave out the row or the column");
  }

  private void requireOneSign(char found, boolean both, String number, CsvInput in, int column) {
    if (!seen) {
      seen = true;
      sign = found;
      place = in.where(column);
    }
    if (both || found != sign) {
      throw new InputException(
          in.where(column)
              + ": "
              + CsvInput.shown(number)
              + (both
                  ? " has a point and a comma; "
                  : " has a decimal " + word(found) + " and " + place + " a " + word(sign) + "; ")
              + "write all numbers with one decimal sign and nothing between thousands");
    }
  }

  private static String word(char sign) {
    return sign == ',' ? "comma" : "point";
  }

  /** Java reads more than tables write, such as {@code 1d} and {@code 0x1p3}. */
  private static boolean isPlain(String number) {
    for (int i = 0; i < number.length(); i++) {
      char c = number.charAt(i);
      if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
        return false;
      }
    }
    return true;
  }

  private static boolean isNotFinite(String number) {
    return number.matches("(?i)[-+]?(nan|inf|infinity)");
  }
}
