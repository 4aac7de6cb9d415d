package dev.ablate.io;

import dev.ablate.backend.HostBuffer;
import dev.ablate.code.InputException;
import dev.ablate.code.JavaMemory;
import dev.ablate.mask.MaskRows;
import dev.ablate.mask.Masks;
import dev.ablate.table.CsvInput;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** Masks in CSV: a mask a row, a feature a column, with the names of the features or without. */
final class CsvMasks {
  private static final int FIRST = 1 << 10;

  private CsvMasks() {}

  static NamedMasks read(Path file, Integer features) {
    try (CsvInput in = CsvInput.open(file)) {
      if (features != null && in.columns() != features) {
        throw new InputException(
            file
                + " has "
                + in.columns()
                + " columns for "
                + features
                + " features: use its masks");
      }
      int words = Masks.words(in.columns());
      long[] masks = new long[FIRST];
      int rows = 0;
      for (String[] cells = in.next(); cells != null; cells = in.next()) {
        long needed = (rows + 1L) * words;
        if (needed > masks.length) {
          long more = Math.max(needed, Math.min(JavaMemory.LONGEST, 2L * masks.length));
          masks = Arrays.copyOf(masks, JavaMemory.length(file.toString(), more, Long.BYTES));
        }
        for (int c = 0; c < cells.length; c++) {
          masks[rows * words + (c >>> 6)] |= bit(cells[c], in, c) << c;
        }
        rows++;
      }
      if (rows == 0) {
        throw new InputException(file + " has names and no masks: write a mask a line below them");
      }
      Masks read = new Masks(HostBuffer.of(Arrays.copyOf(masks, rows * words)), rows, in.columns());
      return new NamedMasks(MaskRows.of(read), in.names());
    }
  }

  /** 0 or 1; pandas writes booleans as words. */
  private static long bit(String cell, CsvInput in, int column) {
    switch (cell) {
      case "0", "False" -> {
        return 0;
      }
      case "1", "True" -> {
        return 1;
      }
      default -> {
        String word = cell.strip().toLowerCase(Locale.ROOT);
        double number = word.equals("true") ? 1 : word.equals("false") ? 0 : in.number(column);
        if (number != 0 && number != 1) {
          throw new InputException(
              in.where(column)
                  + ": holds "
                  + cell.strip()
                  + "; masks are 0 (ablated) or 1 (kept), and names in the first line are no"
                  + " numbers");
        }
        return (long) number;
      }
    }
  }
}
