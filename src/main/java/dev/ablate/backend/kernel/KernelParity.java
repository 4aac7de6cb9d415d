package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Parity;
import dev.ablate.backend.Sets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/** Parity columns and their products on a device: {@code kernels/parity.cl}. */
final class KernelParity implements Parity {
  private static final String STEM = "parity";

  private static final KernelMacros SOURCE = KernelMacros.of(STEM);

  /** Sets of an item of {@code parity_products}. */
  private static final int PRODUCT_SETS = SOURCE.constant("PRODUCT_SETS");

  private final Runtime runtime;

  KernelParity(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public Buffer columns(Sets sets, Buffer masks, int rows, int features) {
    int words = (rows + 63) >>> 6;
    int maskWords = (features + 63) >>> 6;
    int[] members = Arrays.copyOf(sets.features(), sets.starts()[sets.size()]);
    for (int member : members) {
      Objects.checkIndex(member, features);
    }
    KernelBuffer columns = runtime.allocate(Element.U64, (long) sets.size() * words);
    try (Runtime.Scope scope = runtime.scope()) {
      if (columns.length() > 0) {
        KernelBuffer bits = scope.temporary(Element.U64, 64L * maskWords * words);
        if (maskWords > 0) {
          transpose(bits, scope.in(masks), rows, words, maskWords);
        }
        Runtime.Kernel kernel = runtime.kernel(STEM, "parity_columns", Map.of());
        int size = runtime.groupSize(kernel);
        // A few words an item, so that starting a group does not weigh.
        int block = Math.max(1, Math.min(sets.size(), 4 * size / words));
        long groups = (sets.size() + block - 1L) / block;
        runtime.launch(
            kernel,
            runtime.groups(groups * size, size),
            size,
            0,
            Arguments.of()
                .put("columns", columns)
                .put("bits", bits)
                .put("starts", scope.in(sets.starts()))
                .put("members", scope.in(members))
                .put("sets", sets.size())
                .put("words", words)
                .put("block", block));
      }
      return columns;
    } catch (RuntimeException e) {
      columns.close();
      throw e;
    }
  }

  private void transpose(
      KernelBuffer bits, KernelBuffer masks, int rows, int words, int maskWords) {
    Runtime.Kernel kernel = runtime.kernel(STEM, "parity_transpose", Map.of());
    int size = runtime.groupSize(kernel);
    int tiles = Math.max(1, size / 32);
    long groups = (words + tiles - 1L) / tiles * maskWords;
    int local = kernel.number("PARITY_TRANSPOSE_LOCAL", tiles);
    runtime.launch(
        kernel,
        runtime.groups(groups * size, size),
        size,
        local,
        Arguments.of()
            .put("bits", bits)
            .put("masks", masks)
            .put("rows", rows)
            .put("words", words)
            .put("mask_words", maskWords)
            .put("tiles", tiles));
  }

  @Override
  public Buffer gram(Buffer columns, int sets, int rows, Buffer parts, int partCount) {
    int words = (rows + 63) >>> 6;
    KernelBuffer gram = runtime.allocate(Element.F64, (long) partCount * sets * sets);
    try (Runtime.Scope scope = runtime.scope()) {
      if (gram.length() > 0) {
        KernelBuffer part = scope.in(parts);
        KernelBuffer ranges = ranges(scope, part, words, partCount);
        Runtime.Kernel kernel = runtime.kernel(STEM, "parity_gram", Map.of());
        int size = runtime.groupSize(kernel);
        // Beyond 16 the tile of results would not fit the memory of the columns.
        int side = Math.min(16, (int) Math.sqrt(size));
        long tiles = (sets + 4L * side - 1) / (4L * side);
        long groups = partCount * tiles * (tiles + 1) / 2;
        runtime.launch(
            kernel,
            runtime.groups(groups * size, size),
            size,
            kernel.number("PARITY_GRAM_LOCAL", side),
            Arguments.of()
                .put("gram", gram)
                .put("columns", scope.in(columns))
                .put("parts", part)
                .put("ranges", ranges)
                .put("sets", sets)
                .put("words", words)
                .put("part_count", partCount)
                .put("side", side));
      }
      return gram;
    } catch (RuntimeException e) {
      gram.close();
      throw e;
    }
  }

  @Override
  public Buffer products(
      Buffer columns, int sets, int rows, Buffer parts, int partCount, Buffer values, int outputs) {
    int words = (rows + 63) >>> 6;
    KernelBuffer products = runtime.allocate(Element.F64, (long) partCount * outputs * sets);
    try (Runtime.Scope scope = runtime.scope()) {
      if (products.length() > 0) {
        KernelBuffer part = scope.in(parts);
        KernelBuffer value = scope.in(values);
        KernelBuffer ranges = ranges(scope, part, words, partCount);
        long sumCount = (long) partCount * outputs * words;
        KernelBuffer sums = scope.temporary(Element.F64, sumCount);
        if (sumCount > 0) {
          runtime.forItems(
              STEM,
              "parity_word_sums",
              sumCount,
              Arguments.of()
                  .put("sums", sums)
                  .put("parts", part)
                  .put("values", value)
                  .put("rows", rows)
                  .put("words", words)
                  .put("part_count", partCount)
                  .put("outputs", outputs));
        }
        Runtime.Kernel kernel = runtime.kernel(STEM, "parity_products", Map.of());
        int size = productGroup(kernel);
        long blocks = (sets + (long) PRODUCT_SETS * size - 1) / ((long) PRODUCT_SETS * size);
        runtime.launch(
            kernel,
            runtime.groups(blocks * partCount * outputs * size, size),
            size,
            productBytes(size),
            Arguments.of()
                .put("products", products)
                .put("columns", scope.in(columns))
                .put("parts", part)
                .put("ranges", ranges)
                .put("sums", sums)
                .put("values", value)
                .put("sets", sets)
                .put("rows", rows)
                .put("words", words)
                .put("part_count", partCount)
                .put("outputs", outputs));
      }
      return products;
    } catch (RuntimeException e) {
      products.close();
      throw e;
    }
  }

  /** The tuned group size, or what of it the device's local memory holds. */
  private int productGroup(Runtime.Kernel kernel) {
    int size = runtime.groupSize(kernel);
    while (size > 1 && productBytes(size) > runtime.device().limits().localBytes()) {
      size /= 2;
    }
    return size;
  }

  private static int productBytes(int size) {
    return SOURCE.number("PARITY_PRODUCTS_LOCAL", size);
  }

  /** First word, one past the last word and number of rows of each part. */
  private KernelBuffer ranges(Runtime.Scope scope, KernelBuffer parts, int words, int partCount) {
    KernelBuffer ranges = scope.temporary(Element.I32, 3L * partCount);
    Runtime.Kernel kernel = runtime.kernel(STEM, "parity_ranges", Map.of());
    int size = runtime.groupSize(kernel);
    runtime.launch(
        kernel,
        runtime.groups((long) partCount * size, size),
        size,
        kernel.number("PARITY_RANGES_LOCAL"),
        Arguments.of()
            .put("ranges", ranges)
            .put("parts", parts)
            .put("words", words)
            .put("part_count", partCount));
    return ranges;
  }
}
