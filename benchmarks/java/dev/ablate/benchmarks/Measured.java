package dev.ablate.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.backend.Backend;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.run.BuildInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One measured figure: printed as a line, and appended to the file that the system property {@code
 * ablate.results} names. It names the card: its name, the driver, the memory; and the step that
 * {@code ablate.step} names.
 */
final class Measured {
  private final Map<String, Object> fields = new LinkedHashMap<>();

  private Measured() {}

  /** A figure of a benchmark on a backend. */
  static Measured of(String benchmark, Backend backend) {
    Measured measured = new Measured();
    measured.with("commit", BuildInfo.commit());
    measured.with("device", backend.device());
    measured.with("driver", driver(backend));
    if (backend instanceof KernelBackend kernel) {
      long bytes = kernel.deviceHandle().limits().memoryBytes();
      measured.with("memory_gib", rounded(bytes / (double) (1 << 30)));
    }
    String step = System.getProperty("ablate.step");
    if (step != null) {
      measured.with("step", step);
    }
    measured.with("jdk", System.getProperty("java.version"));
    measured.with("benchmark", benchmark);
    return measured;
  }

  /** The driver in its words, and the version that {@code ablate.driver} tells if it does not. */
  private static String driver(Backend backend) {
    String version = System.getProperty("ablate.driver", "");
    String driver = String.valueOf(backend.driver());
    return driver.contains(version) ? driver : driver + ", driver " + version;
  }

  /** Adds a field. */
  Measured with(String name, Object value) {
    fields.put(name, value);
    return this;
  }

  /** Adds median, least and most of some seconds, in milliseconds. */
  Measured milliseconds(String name, double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    with(name, rounded(median(seconds) * 1e3));
    with(name + "_least", rounded(sorted[0] * 1e3));
    return with(name + "_most", rounded(sorted[sorted.length - 1] * 1e3));
  }

  /** A ratio beside the most that the project asks of it. */
  Measured against(String name, double value, double most) {
    with(name, rounded(value));
    if (Boolean.getBoolean("ablate.small")) {
      // What is asked is asked of the full size.
      return this;
    }
    with(name + "_asked", most);
    return with("reached", value <= most);
  }

  /** Standard deviation of some numbers, of all there are. */
  static double deviation(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    return Math.sqrt(
        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
  }

  static double median(double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The median of some seconds, with least and most where there are several. */
  static String spread(double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    String middle = String.format(Locale.ROOT, "%.2f", median(seconds));
    return sorted.length == 1
        ? middle
        : String.format(
            Locale.ROOT, "%s (%.2f-%.2f)", middle, sorted[0], sorted[sorted.length - 1]);
  }

  /** A number to the digits that a measurement has. */
  static double rounded(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.4g", value));
  }

  /** Prints the figure and appends it to the results. */
  void report() {
    try {
      String json = new ObjectMapper().writeValueAsString(fields);
      System.out.println(json);
      String file = System.getProperty("ablate.results");
      if (file != null) {
        Files.writeString(
            Path.of(file), json + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
