package dev.ablate.backend.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A file of kernels with its dialect header in place of the include, and the macros it is compiled
 * with.
 *
 * @param stem name of the file without its ending, such as {@code walsh}
 * @param text the expanded source
 * @param defines macros and their values
 */
public record KernelSource(String stem, String text, SortedMap<String, Integer> defines) {
  private static final String FOLDER = "/dev/ablate/kernels/";
  private static final String INCLUDE = "#include \"device.h\"";

  /** The source of {@code kernels/<stem>.cl}. */
  public static KernelSource of(String stem, Map<String, Integer> defines) {
    String header = read("device.h");
    String text = read(stem + ".cl").replace(INCLUDE, header);
    return new KernelSource(stem, text, new TreeMap<>(defines));
  }

  /** The macros as compiler options, for one dialect such as {@code ABLATE_OPENCL}. */
  public String options(String dialect) {
    StringBuilder options = new StringBuilder("-D" + dialect);
    defines.forEach((name, value) -> options.append(" -D").append(name).append('=').append(value));
    return options.toString();
  }

  private static String read(String file) {
    try (InputStream in = KernelSource.class.getResourceAsStream(FOLDER + file)) {
      if (in == null) {
        throw new IllegalStateException("the build has no kernels/" + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
