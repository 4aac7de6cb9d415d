package dev.ablate.backend.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A file of kernels with what it includes in place of the includes, and the macros it is compiled
 * with.
 *
 * @param stem name of the file without its ending, such as {@code walsh}
 * @param text the expanded source
 * @param defines macros and their values
 */
public record KernelSource(String stem, String text, SortedMap<String, Integer> defines) {
  private static final String FOLDER = "/dev/ablate/kernels/";
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"([^\"]+)\"$");
  private static final Map<Id, KernelSource> SOURCES = new ConcurrentHashMap<>();

  private record Id(String stem, Map<String, Integer> defines) {}

  /** The source of {@code kernels/<stem>.cl}, read once: the same object for the same arguments. */
  public static KernelSource of(String stem, Map<String, Integer> defines) {
    return SOURCES.computeIfAbsent(
        new Id(stem, Map.copyOf(defines)),
        id -> {
          String text = expand(stem + ".cl", new HashSet<>());
          return new KernelSource(stem, text, new TreeMap<>(defines));
        });
  }

  /** The stem and the macros as a file name, such as {@code walsh} or {@code walsh-TILE_8}. */
  public String variant() {
    return stem
        + defines.entrySet().stream()
            .map(define -> "-" + define.getKey() + "_" + define.getValue())
            .collect(Collectors.joining());
  }

  /** The macros as compiler options, for one dialect such as {@code ABLATE_OPENCL}. */
  public String options(String dialect) {
    StringBuilder options = new StringBuilder("-D" + dialect);
    defines.forEach((name, value) -> options.append(" -D").append(name).append('=').append(value));
    return options.toString();
  }

  /** A file with the files it includes in their places, each once. */
  private static String expand(String file, Set<String> included) {
    return INCLUDE
        .matcher(read(file))
        .replaceAll(
            include ->
                Matcher.quoteReplacement(
                    included.add(include.group(1)) ? expand(include.group(1), included) : ""));
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
