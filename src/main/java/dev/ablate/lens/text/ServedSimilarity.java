package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.DistinctNames;
import dev.ablate.code.InputException;
import dev.ablate.model.ServedModel;
import dev.ablate.model.remote.Protocol;
import dev.ablate.model.remote.ServerSettings;
import dev.ablate.model.remote.Usage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How near the vector that a server gives a text is to those of others: a cosine. */
final class ServedSimilarity extends ServedMeasure<double[]> {
  private final List<String> references;
  private final double[][] vectors;

  /**
   * Asks for the vectors of the references.
   *
   * @throws InputException if there are none, or one is empty
   */
  ServedSimilarity(ServedModel model, List<String> references) {
    super(model);
    this.references = SimilarityMeasure.required(references);
    this.vectors = model.server().embeddings().of(this.references);
  }

  @Override
  Protocol protocol() {
    return Protocol.EMBEDDINGS;
  }

  @Override
  public String value() {
    return ValueFunction.SIMILARITY.toString();
  }

  @Override
  public List<String> outputs() {
    return DistinctNames.of(references.stream().map(Outputs::title).toList());
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put(ServerSettings.PROTOCOL.name(), protocol().toString());
    settings.put(Question.TO.name(), references);
    return settings;
  }

  @Override
  double[] of(int[] row) {
    String text = text(row);
    return cosines(text, kept(text, () -> vector(text)));
  }

  @Override
  Tried tryOut(int[] row) {
    String text = text(row);
    return tried(cosines(text, keep(text, vector(text)))[0], Usage.UNKNOWN);
  }

  private double[] vector(String text) {
    return model().server().embeddings().of(List.of(text))[0];
  }

  private double[] cosines(String text, double[] own) {
    double[] values = new double[vectors.length];
    for (int o = 0; o < values.length; o++) {
      if (vectors[o].length != own.length) {
        throw new InputException(
            "the server gives vectors of "
                + vectors[o].length
                + " and of "
                + own.length
                + " numbers, the latter for \""
                + Characters.line(Outputs.title(text))
                + "\"; name one model of it by "
                + ServerSettings.MODEL_NAME);
      }
      values[o] =
          product(own, vectors[o])
              / Math.sqrt(product(own, own))
              / Math.sqrt(product(vectors[o], vectors[o]));
      if (!Double.isFinite(values[o])) {
        throw new NotFinite(0, "gives a vector of no length");
      }
    }
    return values;
  }

  private static double product(double[] one, double[] other) {
    double sum = 0;
    for (int d = 0; d < one.length; d++) {
      sum += one[d] * other[d];
    }
    return sum;
  }
}
