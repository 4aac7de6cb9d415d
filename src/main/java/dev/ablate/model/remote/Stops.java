package dev.ablate.model.remote;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Texts before which an answer ends. */
final class Stops {
  /** More than that servers refuse. */
  private static final int MOST_SENT = 4;

  private Stops() {}

  static void put(ObjectNode request, List<String> stops) {
    if (!stops.isEmpty()) {
      ArrayNode sent = request.putArray("stop");
      stops.stream().limit(MOST_SENT).forEach(sent::add);
    }
  }

  /** A text up to the first of them, for those that were not sent or not heeded. */
  static String cut(String text, List<String> stops) {
    int end =
        stops.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(text.length());
    return text.substring(0, end);
  }
}
