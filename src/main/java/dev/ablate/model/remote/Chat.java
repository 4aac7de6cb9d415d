package dev.ablate.model.remote;

import java.util.List;
import java.util.Map;

/** {@code /chat/completions}: how a model begins its reply. Several threads may ask. */
public final class Chat {
  Chat() {}

  /**
   * The likeliest first tokens of the reply to a chat.
   *
   * @param messages the turns, as chat APIs have them; values are what JSON holds
   * @param tools what the model may call, as chat APIs have it; empty for nothing
   * @throws dev.ablate.code.InputException if the server gives no log-probabilities, or fails
   */
  public FirstTokens first(List<Map<String, Object>> messages, List<Map<String, Object>> tools) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * The likeliest reply to a chat.
   *
   * @param maxTokens most tokens of it
   * @param stops texts before which it ends; at most four are sent
   */
  public Continuation reply(
      List<Map<String, Object>> messages,
      List<Map<String, Object>> tools,
      int maxTokens,
      List<String> stops) {
    throw new UnsupportedOperationException("not yet");
  }
}
