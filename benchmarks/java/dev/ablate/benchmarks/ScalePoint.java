package dev.ablate.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A point of {@link Scale}.
 *
 * @param kind of game, as {@link LargeGames} calls it
 * @param features number of features
 * @param masks number of masks; a method that needs masks of its own has at most so many
 * @param method who solves
 */
record ScalePoint(String kind, int features, int masks, String method) {
  /** Features where masks grow. */
  static final int FEATURES = 256;

  /** Masks where features grow beyond a thousand; before that 8 n log2 n. */
  static final int MOST = 80_000;

  private static final int[] MASK_COUNTS = {
    500, 1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 80_000
  };

  private static final int[] FEATURE_COUNTS = {30, 60, 125, 250, 500, 1_000, 2_000, 5_000};

  /** What grows from point to point. */
  enum Axis {
    MASKS,
    FEATURES;

    /** As on the command line and in names of files. */
    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    private int[] sizes() {
      return this == MASKS ? MASK_COUNTS : FEATURE_COUNTS;
    }

    private ScalePoint point(String kind, int size, String method) {
      return this == MASKS
          ? new ScalePoint(kind, ScalePoint.FEATURES, size, method)
          : new ScalePoint(kind, size, masksOf(size), method);
    }
  }

  private static int masksOf(int features) {
    return features > 1_000
        ? MOST
        : (int) Math.round(8 * features * Math.log(features) / Math.log(2));
  }

  /**
   * Points of an axis, small ones first.
   *
   * @param part {@code masks} or {@code features}, perhaps with a size or sizes as in {@code
   *     masks:500-2000}; null for all
   */
  static List<ScalePoint> of(Axis axis, String kind, List<String> methods, String part) {
    List<ScalePoint> points = new ArrayList<>();
    for (int size : axis.sizes()) {
      if (part == null || takes(part, axis, size)) {
        methods.forEach(method -> points.add(axis.point(kind, size, method)));
      }
    }
    return points;
  }

  private static boolean takes(String part, Axis axis, int size) {
    String[] words = part.split("[:-]");
    int[] sizes = IntStream.range(1, words.length).map(w -> Integer.parseInt(words[w])).toArray();
    return words[0].equals(axis.word())
        && (sizes.length == 0 || size >= sizes[0] && size <= sizes[sizes.length - 1]);
  }

  /** The point of a line of the file. */
  static ScalePoint of(JsonNode line) {
    return new ScalePoint(
        line.get("kind").asText(),
        line.get("features").asInt(),
        line.get("asked").asInt(),
        line.get("method").asText());
  }
}
