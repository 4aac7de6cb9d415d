package dev.ablate.model.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.model.remote.TestModel.Piece;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** What a test server says: the bodies of the three protocols, true ones and lies. */
final class TestReplies {
  /** How many of the last tokens a server that loses the template still looks at. */
  private static final int SEEN = 6;

  private static final double NOISE = 0.05;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TestModel model;
  private final Set<Lie> lies = EnumSet.noneOf(Lie.class);
  private final Random noise = new Random(1);
  private String last = "";
  private String other = "";
  private List<Piece> cache = List.of();
  private long computed;
  private long saved;

  TestReplies(TestModel model) {
    this.model = model;
  }

  synchronized void lie(Set<Lie> told) {
    lies.clear();
    lies.addAll(told);
  }

  /** Tokens of prompts that a cache of one prompt did not have. */
  synchronized long computed() {
    return computed;
  }

  synchronized long saved() {
    return saved;
  }

  /** What was asked, for counts: the text, the chat or the texts. */
  static String asked(String path, JsonNode request) {
    if (path.endsWith("/chat/completions")) {
      return chat(request);
    }
    JsonNode text = request.path(path.endsWith("/embeddings") ? "input" : "prompt");
    return text.isTextual() ? text.textValue() : text.toString();
  }

  /** How many tokens that is. */
  int length(String path, JsonNode request) {
    return model.tokens(asked(path, request)).size();
  }

  ObjectNode reply(String path, JsonNode request) {
    ObjectNode reply = JSON.createObjectNode();
    reply.put("id", "test-1").put("created", 1_700_000_000);
    reply.put("model", request.path("model").asText());
    if (path.endsWith("/chat/completions")) {
      chatReply(request, reply.put("object", "chat.completion"));
    } else if (path.endsWith("/completions")) {
      completion(request, reply.put("object", "text_completion"));
    } else {
      embeddings(request, reply.put("object", "list"));
    }
    return reply;
  }

  static ObjectNode models(List<String> names) {
    ObjectNode reply = JSON.createObjectNode().put("object", "list");
    ArrayNode data = reply.putArray("data");
    names.forEach(
        n ->
            data.addObject()
                .put("id", n)
                .put("object", "model")
                .put("created", 1_700_000_000)
                .put("owned_by", "tests"));
    return reply;
  }

  static ObjectNode error(String message, String code) {
    ObjectNode reply = JSON.createObjectNode();
    reply
        .putObject("error")
        .put("message", message)
        .put("type", "invalid_request_error")
        .putNull("param")
        .put("code", code);
    return reply;
  }

  private void completion(JsonNode request, ObjectNode reply) {
    String prompt = request.path("prompt").textValue();
    String seen =
        lies.contains(Lie.TEMPLATE_LOST) ? "[INST] " + prompt.strip() + "[/INST]" : prompt;
    int most = request.path("max_tokens").asInt(16);
    String made = most == 0 ? "" : cut(model.greedy(seen, most), request);
    boolean echo = request.path("echo").asBoolean();
    ObjectNode choice = reply.putArray("choices").addObject();
    choice.put("index", 0).put("text", echo ? seen + made : made).put("finish_reason", "length");
    choice.putNull("logprobs");
    double[] values = shifted(model.logProbabilities(seen + made), seen);
    boolean silent = lies.contains(Lie.NO_LOG_PROBABILITIES);
    if (echo && request.path("logprobs").isNumber() && !silent) {
      logProbabilities(choice.putObject("logprobs"), model.tokens(seen + made), values);
    }
    if (request.path("prompt_logprobs").isNumber() && !silent) {
      promptLogProbabilities(choice.putArray("prompt_logprobs"), model.tokens(seen), values);
    }
    usage(reply, seen, model.tokens(made).size());
  }

  private static String cut(String made, JsonNode request) {
    String text = made;
    for (JsonNode stop : request.path("stop")) {
      int at = text.indexOf(stop.textValue());
      text = at < 0 ? text : text.substring(0, at);
    }
    return text;
  }

  private void logProbabilities(ObjectNode into, List<Piece> pieces, double[] values) {
    int given = lies.contains(Lie.TOO_FEW) ? pieces.size() * 2 / 3 : pieces.size();
    ArrayNode tokens = into.putArray("tokens");
    ArrayNode numbers = into.putArray("token_logprobs");
    ArrayNode top = into.putArray("top_logprobs");
    ArrayNode offsets = into.putArray("text_offset");
    int offset = 0;
    for (int i = 0; i < pieces.size(); i++) {
      String said = pieces.get(i).said();
      tokens.add(said);
      offsets.add(offset);
      offset += said.codePointCount(0, said.length());
      if (i == 0) {
        numbers.addNull();
        top.addNull();
      } else if (i < given) {
        numbers.add(values[i]);
        top.addObject().put(said, values[i]);
      }
    }
  }

  private void promptLogProbabilities(ArrayNode into, List<Piece> pieces, double[] values) {
    int given = lies.contains(Lie.TOO_FEW) ? pieces.size() * 2 / 3 : pieces.size();
    for (int i = 0; i < given; i++) {
      if (i == 0) {
        into.addNull();
      } else {
        String said = pieces.get(i).said();
        into.addObject()
            .putObject(Integer.toString(said.hashCode() & 0xFFFF))
            .put("logprob", values[i])
            .put("rank", 1)
            .put("decoded_token", said);
      }
    }
  }

  private static String chat(JsonNode request) {
    StringBuilder text = new StringBuilder();
    for (JsonNode message : request.path("messages")) {
      JsonNode content = message.path("content");
      text.append(message.path("role").asText()).append(": ");
      text.append(content.isTextual() ? content.textValue() : content.toString()).append('\n');
    }
    return text.append("assistant:").toString();
  }

  private void chatReply(JsonNode request, ObjectNode reply) {
    String seen = chat(request);
    if (lies.contains(Lie.TEMPLATE_LOST)) {
      List<Piece> pieces = model.tokens(seen);
      seen =
          pieces.subList(Math.max(0, pieces.size() - SEEN), pieces.size()).stream()
              .map(Piece::said)
              .collect(Collectors.joining());
    }
    int most = request.path("max_completion_tokens").asInt(request.path("max_tokens").asInt(16));
    String made = cut(model.greedy(seen, most), request).strip();
    ObjectNode choice = reply.putArray("choices").addObject().put("index", 0);
    choice.putObject("message").put("role", "assistant").put("content", made);
    choice.put("finish_reason", "length").putNull("logprobs");
    if (request.path("logprobs").asBoolean() && !lies.contains(Lie.NO_LOG_PROBABILITIES)) {
      firstTokens(choice, seen, request.path("top_logprobs").asInt());
    }
    usage(reply, seen, Math.max(1, model.tokens(made).size()));
  }

  private void firstTokens(ObjectNode choice, String seen, int most) {
    List<Map.Entry<String, Double>> next = model.next(seen);
    double[] values = shifted(next.stream().mapToDouble(Map.Entry::getValue).toArray(), seen);
    int given = Math.min(next.size(), lies.contains(Lie.TOO_FEW) ? Math.min(1, most) : most);
    ArrayNode content = choice.putObject("logprobs").putArray("content");
    ObjectNode first = token(content.addObject(), next.get(0).getKey(), values[0]);
    ArrayNode top = first.putArray("top_logprobs");
    for (int i = 0; i < given; i++) {
      token(top.addObject(), next.get(i).getKey(), values[i]);
    }
  }

  private static ObjectNode token(ObjectNode into, String text, double value) {
    into.put("token", text).put("logprob", value);
    ArrayNode bytes = into.putArray("bytes");
    for (byte b : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      bytes.add(b & 0xFF);
    }
    return into;
  }

  private void embeddings(JsonNode request, ObjectNode reply) {
    JsonNode input = request.path("input");
    ArrayNode data = reply.putArray("data");
    int index = 0;
    for (JsonNode text : input.isArray() ? input : JSON.createArrayNode().add(input)) {
      ObjectNode row = data.addObject().put("object", "embedding").put("index", index++);
      double[] vector = shifted(model.embedding(text.textValue()), text.textValue());
      if (request.path("encoding_format").asText().equals("base64")) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (double v : vector) {
          bytes.putFloat((float) v);
        }
        row.put("embedding", Base64.getEncoder().encodeToString(bytes.array()));
      } else {
        ArrayNode numbers = row.putArray("embedding");
        for (double v : vector) {
          numbers.add(v);
        }
      }
    }
    usage(reply, asked("/embeddings", request), 0);
  }

  /** The values, a little beside the truth where the server lies about them. */
  private synchronized double[] shifted(double[] values, String text) {
    if (!text.equals(last)) {
      other = last;
      last = text;
    }
    double shift = 0;
    if (lies.contains(Lie.ORDER_DEPENDENT)) {
      shift = ((other.hashCode() * 0x9E3779B1 >>> 16) / 65536.0 - 1) * 0.3;
    }
    for (int i = 0; i < values.length; i++) {
      double drawn = lies.contains(Lie.NOISY) ? NOISE * noise.nextGaussian() : 0;
      values[i] = Math.min(values[i] + shift + drawn, Math.max(values[i], -1e-3));
    }
    return values;
  }

  private synchronized void usage(ObjectNode reply, String seen, int made) {
    List<Piece> pieces = model.tokens(seen);
    int shared = 0;
    while (shared < Math.min(pieces.size(), cache.size())
        && pieces.get(shared).equals(cache.get(shared))) {
      shared++;
    }
    cache = pieces;
    saved += shared;
    computed += pieces.size() - shared;
    ObjectNode usage = reply.putObject("usage");
    usage.put("prompt_tokens", pieces.size()).put("completion_tokens", made);
    usage.put("total_tokens", pieces.size() + made);
    usage.putObject("prompt_tokens_details").put("cached_tokens", shared);
  }
}
