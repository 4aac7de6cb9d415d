package dev.ablate.model.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** {@code /embeddings}: vectors of texts. Several threads may ask. */
public final class Embeddings {
  private final Requests requests;
  private final String model;

  Embeddings(Requests requests, String model) {
    this.requests = requests;
    this.model = model;
  }

  /**
   * Vectors of some texts, in one request.
   *
   * @return a row a text, all of one length, as the server gives them
   * @throws dev.ablate.code.InputException if the server fails, or gives what are no such vectors
   */
  public double[][] of(List<String> texts) {
    ObjectNode request = JsonNodeFactory.instance.objectNode().put("model", model);
    ArrayNode input = request.putArray("input");
    texts.forEach(input::add);
    request.put("encoding_format", "float");
    return requests.post("/embeddings", request, reply -> vectors(reply, texts.size()));
  }

  private double[][] vectors(JsonNode reply, int count) {
    JsonNode data = reply.path("data");
    if (data.size() != count) {
      throw new Passing("sent " + data.size() + " vectors for " + count + " texts");
    }
    double[][] vectors = new double[count][];
    for (int i = 0; i < count; i++) {
      int place = data.path(i).path("index").asInt(i);
      if (place < 0 || place >= count || vectors[place] != null) {
        throw new Passing("sent vectors whose numbers (index) are not those of the texts");
      }
      vectors[place] = vector(data.path(i).path("embedding"));
    }
    for (double[] vector : vectors) {
      if (vector.length != vectors[0].length) {
        throw new Passing("sent vectors of different lengths");
      }
    }
    return vectors;
  }

  private double[] vector(JsonNode numbers) {
    double[] vector = new double[numbers.size()];
    for (int i = 0; i < vector.length; i++) {
      JsonNode number = numbers.path(i);
      vector[i] = Whole.number(number);
      if (!Double.isFinite(vector[i])) {
        throw requests.line("gives " + number + " in a vector, which is no number: take another");
      }
    }
    if (vector.length == 0) {
      throw requests.line("gives no vectors of texts (embedding): take a model that does");
    }
    return vector;
  }
}
