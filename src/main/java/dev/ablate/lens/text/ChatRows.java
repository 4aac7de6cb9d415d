package dev.ablate.lens.text;

import java.util.List;
import java.util.Map;

/** The chat that is sent for a row of characters. */
interface ChatRows {
  /** The turns of a row. */
  List<Map<String, Object>> messages(int[] row);

  /** What the model may call. */
  List<Map<String, Object>> tools();

  /** Rows of which a part that the whole row has is left out: one for each text of a message. */
  List<int[]> withoutOne(int[] row);

  /** A text as the only message, of a user. */
  ChatRows OF_TEXT =
      new ChatRows() {
        @Override
        public List<Map<String, Object>> messages(int[] row) {
          return List.of(Map.of("role", "user", "content", ServedMeasure.text(row)));
        }

        @Override
        public List<Map<String, Object>> tools() {
          return List.of();
        }

        @Override
        public List<int[]> withoutOne(int[] row) {
          return List.of();
        }
      };
}
