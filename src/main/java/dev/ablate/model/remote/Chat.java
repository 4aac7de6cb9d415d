package dev.ablate.model.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.code.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code /chat/completions}: how a model begins its reply. Several threads may ask. */
public final class Chat {
  private static final String PATH = "/chat/completions";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Most likely tokens that servers list, and what some keep to. */
  private static final int MOST_LISTED = 20;

  private static final int FEWER_LISTED = 5;

  private static final double ROUNDING = 1e-3;

  /** What servers write where a token is too unlikely for them to say how much. */
  private static final double UNSAID = -9999;

  private final Requests requests;
  private final String model;

  /** What the server is found to take. */
  private volatile Terms terms = new Terms("max_tokens", MOST_LISTED);

  private volatile int leastListed = MOST_LISTED;

  /**
   * How a server wants to be asked.
   *
   * @param limit its name of the most tokens of a reply
   * @param listed how many likely tokens it lists
   */
  private record Terms(String limit, int listed) {}

  Chat(Requests requests, String model) {
    this.requests = requests;
    this.model = model;
  }

  /**
   * The likeliest first tokens of the reply to a chat.
   *
   * @param messages the turns, as chat APIs have them; values are what JSON holds
   * @param tools what the model may call, as chat APIs have it; empty for nothing
   * @return as many as the server lists, at most 20
   * @throws InputException if the server gives no log-probabilities, or fails
   */
  public FirstTokens first(List<Map<String, Object>> messages, List<Map<String, Object>> tools) {
    return asked(
        asked -> {
          ObjectNode request = request(messages, tools, asked, 1);
          return request.put("logprobs", true).put("top_logprobs", asked.listed());
        },
        this::listed);
  }

  /**
   * The likeliest reply to a chat.
   *
   * @param maxTokens most tokens of it
   * @param stops texts before which it ends
   * @throws InputException if the server fails
   */
  public Continuation reply(
      List<Map<String, Object>> messages,
      List<Map<String, Object>> tools,
      int maxTokens,
      List<String> stops) {
    return asked(
        asked -> {
          ObjectNode request = request(messages, tools, asked, maxTokens);
          Stops.put(request, stops);
          return request;
        },
        reply -> {
          JsonNode content = Whole.choice(reply).path("message").path("content");
          return new Continuation(Stops.cut(Whole.text(content), stops), Usage.of(reply));
        });
  }

  /** Lines about what was noticed. */
  List<String> notes() {
    return leastListed == MOST_LISTED
        ? List.of()
        : List.of(
            "the server lists "
                + leastListed
                + " likely first tokens where "
                + MOST_LISTED
                + " are asked: less likely answers are known by a bound alone");
  }

  private ObjectNode request(
      List<Map<String, Object>> messages,
      List<Map<String, Object>> tools,
      Terms asked,
      int maxTokens) {
    ObjectNode request = JSON.createObjectNode().put("model", model);
    request.set("messages", JSON.valueToTree(messages));
    if (!tools.isEmpty()) {
      request.set("tools", JSON.valueToTree(tools));
    }
    return request.put(asked.limit(), maxTokens).put("temperature", 0);
  }

  /** Asks; where the server refuses how, in another way that it takes. */
  private <T> T asked(Function<Terms, ObjectNode> request, Function<JsonNode, T> reader) {
    Terms asked = terms;
    while (true) {
      try {
        T value = requests.offer(PATH, request.apply(asked), reader);
        terms = asked;
        return value;
      } catch (Refused e) {
        Terms other = other(asked, e);
        if (other.equals(asked)) {
          throw requests.refused(e);
        }
        asked = other;
      }
    }
  }

  private static Terms other(Terms asked, Refused refusal) {
    if (!refusal.isOfForm()) {
      return asked;
    }
    if (refusal.names("max_completion_tokens")) {
      return new Terms("max_completion_tokens", asked.listed());
    }
    return refusal.names("top_logprobs") ? new Terms(asked.limit(), FEWER_LISTED) : asked;
  }

  private FirstTokens listed(JsonNode reply) {
    JsonNode content = Whole.choice(reply).path("logprobs").path("content");
    JsonNode top = content.path(0).path("top_logprobs");
    if (top.isEmpty()) {
      throw requests.line(
          "gives no log-probabilities of replies (top_logprobs): take a server or a model that does");
    }
    List<FirstTokens.Listed> listed = new ArrayList<>();
    for (JsonNode token : top) {
      double value = value(token);
      if (value > UNSAID) {
        listed.add(new FirstTokens.Listed(token.path("token").asText(), value));
      }
    }
    if (top.size() < 2 || listed.isEmpty()) {
      throw requests.line(
          "gives too few log-probabilities: one likely first token where "
              + terms.listed()
              + " were asked; take a server that lists more (top_logprobs)");
    }
    listed.sort((a, b) -> Double.compare(b.logProbability(), a.logProbability()));
    leastListed = Math.min(leastListed, top.size());
    return new FirstTokens(List.copyOf(listed), Usage.of(reply));
  }

  private double value(JsonNode token) {
    JsonNode number = token.path("logprob");
    double value = Whole.number(number);
    if (Double.isNaN(value) || value > ROUNDING) {
      throw requests.line(
          "gives " + number + " as a log-probability, which is none: take another server or model");
    }
    return value;
  }
}
