package dev.ablate.backend.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes that the sources declare, against numbers worked out by hand-written formulas. */
class KernelSizesTest {
  private static KernelMacros macros(String source) {
    String[] words = source.split(" ");
    Map<String, Integer> defines = new HashMap<>();
    for (String define : Arrays.asList(words).subList(1, words.length)) {
      defines.put(define.split("=")[0], Integer.valueOf(define.split("=")[1]));
    }
    return KernelMacros.of(KernelSource.of(words[0], defines));
  }

  @ParameterizedTest
  @CsvSource({
    "boosting, BOOSTING_BEGIN_LOCAL, '', 2088",
    "boosting, BOOSTING_BOOK_WORDS, 2, 60",
    "boosting, BOOSTING_BOOK_WORDS, 64, 1362",
    "boosting, BOOSTING_BOOK_WORDS, 256, 5394",
    "boosting, BOOSTING_TREE_LOCAL, 2, 480",
    "boosting, BOOSTING_TREE_LOCAL, 64, 10896",
    "boosting, BOOSTING_RUN_LOCAL, 1 1 2 1 32 32, 1176",
    "boosting, BOOSTING_RUN_LOCAL, 1000 2 32 16 512 768, 49744",
    "boosting, BOOSTING_RUN_LOCAL, 16384 1 256 256 16384 8224, 506080",
    "boosting, BOOSTING_SUM_LOCAL, 4 1, 704",
    "boosting, BOOSTING_SUM_LOCAL, 4096 16, 83600",
    "boosting, BOOSTING_SUM_LOCAL, 100 1, 2432",
    "boosting, BOOSTING_SEARCH_LOCAL, 1, 24",
    "boosting, BOOSTING_SEARCH_LOCAL, 256, 6144",
    "boosting, BOOSTING_APPLY_LOCAL, '', 24",
    "cholesky, CHOLESKY_PANEL_LOCAL, '', 33792",
    "cholesky, CHOLESKY_SOLVE_LOCAL, '', 8192",
    "cholesky, CHOLESKY_BACKWARD_LOCAL, '', 1024",
    "cholesky, CHOLESKY_CHUNKS_LOCAL, '', 16640",
    "coded_regression, CODED_REGRESSION_LOCAL, '', 8456",
    "gaussian_process, GAUSSIAN_PROCESS_COVARIANCE_LOCAL, 1, 16480",
    "gaussian_process, GAUSSIAN_PROCESS_COVARIANCE_LOCAL, 8, 17152",
    "gaussian_process, GAUSSIAN_PROCESS_COVARIANCE_LOCAL, 16, 17920",
    "gaussian_process, GAUSSIAN_PROCESS_CROSS_LOCAL, 16, 17920",
    "gaussian_process, GAUSSIAN_PROCESS_SLOPES_LOCAL, '', 47616",
    "gaussian_process, LANES_LOCAL, '', 2048",
    "logistic_regression, LOGISTIC_REGRESSION_TILE_LOCAL, 1 1, 1344",
    "logistic_regression, LOGISTIC_REGRESSION_TILE_LOCAL, 15 17, 17664",
    "logistic_regression, LOGISTIC_REGRESSION_SEARCH_LOCAL, '', 2096",
    "parity, PARITY_TRANSPOSE_LOCAL, 1, 512",
    "parity, PARITY_TRANSPOSE_LOCAL, 3, 1536",
    "parity, PARITY_GRAM_LOCAL, 1, 1280",
    "parity, PARITY_GRAM_LOCAL, 5, 5376",
    "parity, PARITY_GRAM_LOCAL, 16, 16640",
    "parity, PARITY_PRODUCTS_LOCAL, 1, 16528",
    "parity, PARITY_PRODUCTS_LOCAL, 64, 25600",
    "parity, PARITY_PRODUCTS_LOCAL, 256, 53248",
    "parity, PARITY_RANGES_LOCAL, '', 12",
    "parity_regression, LANES_LOCAL, '', 2048",
    "parity_regression, PARITY_REGRESSION_HITS_LOCAL, 1, 4",
    "parity_regression, PARITY_REGRESSION_HITS_LOCAL, 256, 1024",
    "paths, PATHS_LASSO_LOCAL, 1, 2048",
    "paths, PATHS_LASSO_LOCAL, 256, 2048",
    "paths, PATHS_LASSO_LOCAL, 1024, 8192",
    "paths, PATHS_LASSO_DESCEND_LOCAL, 1, 11144",
    "paths, PATHS_LASSO_DESCEND_LOCAL, 256, 11144",
    "paths, PATHS_LASSO_DESCEND_LOCAL, 1024, 17288",
    "paths_ridge, LANES_OR_ITEMS_LOCAL, 32, 2048",
    "paths_ridge, LANES_OR_ITEMS_LOCAL, 512, 4096",
    "paths_ridge, LANES_LOCAL, '', 2048",
    "decoding, DECODING_GATHER_LOCAL, '', 8704",
    "decoding, DECODING_DECODE_LOCAL, 1 1, 4136",
    "decoding, DECODING_DECODE_LOCAL, 121 64, 5852",
    "decoding, DECODING_DECODE_LOCAL, 101 4096, 54076",
    "decoding ERRORS=8, DECODING_DECODE_LOCAL, 121 64, 7400",
    "decoding ERRORS=8, DECODING_DECODE_LOCAL, 161 1024, 19240",
    "peeling, PEELING_PEEL_LOCAL, '', 8456",
    "scores, SCORES_LOGS_LOCAL, '', 6144",
    "scores, LANES_LOCAL, '', 2048",
    "screening, SCREENING_SPREAD_LOCAL, '', 4096",
    "screening, SCREENING_PREFIXES_LOCAL, 1 1, 20",
    "screening, SCREENING_PREFIXES_LOCAL, 8 63, 4072",
    "screening, SCREENING_PREFIXES_LOCAL, 12 157, 15128",
    "screening, SCREENING_PRODUCTS_LOCAL, '', 14080",
    "set_sums, SET_SUMS_ADD_LONG_LOCAL, '', 512",
    "sort, SORT_COUNT_LOCAL, '', 1024",
    "sort, SORT_SCAN_LOCAL, 1, 16",
    "sort, SORT_SCAN_LOCAL, 256, 4096",
    "sort, SORT_SCATTER_LOCAL, 1 512, 7252",
    "sort, SORT_SCATTER_LOCAL, 64 8, 12544",
    "sort, SORT_SCATTER_LOCAL, 256 4, 32768",
    "walsh, WALSH_TILES_LOCAL, 4 4, 64",
    "walsh, WALSH_TILES_LOCAL, 13 4, 33792",
    "walsh WALSH_DOUBLE=1, WALSH_TILES_LOCAL, 10 8, 8448",
    "walsh, WALSH_REGISTERS_LOCAL, 10 32, 4096",
    "walsh, WALSH_REGISTERS_LOCAL, 10 256, 32768",
    "walsh, WALSH_REGISTERS_LOCAL, 11 64, 12288",
    "walsh, WALSH_REGISTERS_LOCAL, 15 1024, 196608",
    "walsh, WALSH_BY_OUTPUT_LOCAL, 32 32, 4224",
    "walsh, WALSH_BY_OUTPUT_LOCAL, 1 1024, 4100"
  })
  void sizesAreThoseOfTheLayouts(String source, String macro, String arguments, long expected) {
    long[] values =
        arguments.isEmpty()
            ? new long[0]
            : Arrays.stream(arguments.split(" ")).mapToLong(Long::parseLong).toArray();
    assertEquals(expected, macros(source).value(macro, values));
  }

  @Test
  void everySourceWithLocalMemoryDeclaresSizesThatSomethingReads() throws IOException {
    String callers = texts(Path.of("src", "main", "java", "dev", "ablate", "backend", "kernel"));
    TreeSet<String> faults = new TreeSet<>();
    try (Stream<Path> files = Files.list(Path.of("kernels"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".cl")).toList()) {
        String stem = file.getFileName().toString().replace(".cl", "");
        String text = KernelSource.of(stem, Map.of()).text();
        Matcher sizes = Pattern.compile("#define ((?!FOR_)\\w+_LOCAL)\\b").matcher(text);
        boolean declared = false;
        while (sizes.find()) {
          declared = true;
          String uses = text + callers;
          if (uses.indexOf(sizes.group(1)) == uses.lastIndexOf(sizes.group(1))) {
            faults.add(file + " declares " + sizes.group(1) + " for nobody");
          }
        }
        boolean used = KernelMacros.of(stem).text().contains("LOCAL_MEMORY(");
        if (used && !declared) {
          faults.add(file + " has local memory of no declared size");
        }
      }
    }
    assertEquals(new TreeSet<String>(), faults);
    assertTrue(callers.contains("_LOCAL\""));
  }

  private static String texts(Path folder) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }
}
