package dev.ablate.model.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The ways in which servers give log-probabilities of what they are sent. */
enum CompletionForm {
  /** The text comes back, and nothing is made. */
  ECHO {
    @Override
    void ask(ObjectNode request) {
      request.put("echo", true).put("logprobs", 1).put("max_tokens", 0);
    }
  },
  /** The same of servers that make one token at least. */
  ECHO_AND_ONE {
    @Override
    void ask(ObjectNode request) {
      request.put("echo", true).put("logprobs", 1).put("max_tokens", 1);
    }
  },
  /** vLLM's own. */
  PROMPT_LOGPROBS {
    @Override
    void ask(ObjectNode request) {
      request.put("prompt_logprobs", 0).put("max_tokens", 1);
    }

    @Override
    Named read(JsonNode reply) {
      JsonNode choice = reply.path("choices").path(0);
      JsonNode places =
          choice.has("prompt_logprobs")
              ? choice.path("prompt_logprobs")
              : reply.path("prompt_logprobs");
      List<String> said = new ArrayList<>();
      List<Double> values = new ArrayList<>();
      for (JsonNode place : places) {
        // The token that stands there comes first, likelier ones behind it.
        JsonNode token = place.isObject() && !place.isEmpty() ? place.iterator().next() : place;
        said.add(token.path("decoded_token").textValue());
        values.add(Whole.number(token.path("logprob")));
      }
      return new Named(said, values);
    }
  };

  /**
   * Tokens as a server names them.
   *
   * @param said what each says; null where it does not tell
   * @param values their log-probabilities as far as there are any; NaN for none
   */
  record Named(List<String> said, List<Double> values) {
    /** The values, NaN for those that are missing at the end. */
    double[] all() {
      double[] all = new double[said.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = i < values.size() ? values.get(i) : Double.NaN;
      }
      return all;
    }
  }

  /** Puts into a request what it has in this form. */
  abstract void ask(ObjectNode request);

  /** The tokens in a reply; none where it has none. */
  Named read(JsonNode reply) {
    JsonNode logprobs = reply.path("choices").path(0).path("logprobs");
    List<String> said = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    logprobs.path("tokens").forEach(t -> said.add(t.textValue()));
    logprobs.path("token_logprobs").forEach(v -> values.add(Whole.number(v)));
    return new Named(said, values);
  }
}
