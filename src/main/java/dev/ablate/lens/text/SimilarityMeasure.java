package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.DistinctNames;
import dev.ablate.code.InputException;
import dev.ablate.model.EmbeddingModel;
import dev.ablate.model.Pooling;
import dev.ablate.model.ResidentNetwork;
import dev.ablate.model.Scorer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How near the vector of a text is to those of others: the cosine of the angle between them.
 *
 * @param model the encoder
 * @param pooling how the vectors of tokens become one; null for what the model's files say
 * @param references texts that are compared with, one output each
 * @param vectors the vector of each, of length 1
 */
record SimilarityMeasure(
    EmbeddingModel model, Pooling pooling, List<String> references, float[][] vectors)
    implements Measure {
  /**
   * Compares with what a question names.
   *
   * @throws InputException if it names nothing, or nothing is left of a reference
   */
  static SimilarityMeasure of(Question question, EmbeddingModel model) {
    List<String> references = required(question.references());
    Pooling pooling = question.pooling();
    float[][] vectors = new float[references.size()][];
    for (int i = 0; i < vectors.length; i++) {
      String reference = references.get(i);
      int[] ids = model.tokenizer().tokenize(reference).ids();
      if (ids.length == 0) {
        throw new InputException(
            Question.TO
                + " \""
                + Characters.line(reference)
                + "\": the tokenizer leaves nothing of it; give another text");
      }
      model.requireLength(ids);
      vectors[i] = model.vector(ids, pooling);
    }
    return new SimilarityMeasure(model, pooling, references, vectors);
  }

  /**
   * The texts to compare with.
   *
   * @throws InputException if there are none, or one of them is empty or holds half a character
   */
  static List<String> required(List<String> references) {
    if (references.isEmpty()) {
      throw new InputException(
          "similarity to what? give a text, or a file with one, as " + Question.TO);
    }
    for (String reference : references) {
      if (Characters.isBlank(reference)) {
        throw new InputException(Question.TO + " is empty; give a text with at least one word");
      }
      TextLens.requireUnicode(reference, Question.TO.toString());
    }
    return references;
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
    settings.put(Question.TO.name(), references);
    if (pooling != null) {
      settings.put(Question.POOLING.name(), pooling.toString());
    }
    return settings;
  }

  @Override
  public ResidentNetwork network() {
    return model.scorer(pooling).resident();
  }

  @Override
  public ResidentMeasure resident() {
    return new ResidentSimilarity(network().backend(), network().layout(), vectors);
  }

  @Override
  public double[][] of(int[][] rows) {
    TokenMatrix tokens = TokenMatrix.of(rows);
    Scorer scorer = model.scorer(pooling);
    int dimensions = scorer.scores();
    float[] own = new float[rows.length * dimensions];
    scorer.score(tokens.ids(), tokens.lengths(), rows.length, tokens.width(), own);
    double[][] values = new double[rows.length][vectors.length];
    for (int r = 0; r < rows.length; r++) {
      for (int o = 0; o < vectors.length; o++) {
        values[r][o] = cosine(own, r * dimensions, vectors[o]);
        if (!Double.isFinite(values[r][o])) {
          throw new NotFinite(r, "gives a vector that is not finite");
        }
      }
    }
    return values;
  }

  private static double cosine(float[] own, int from, float[] other) {
    double product = 0;
    for (int d = 0; d < other.length; d++) {
      product += (double) own[from + d] * other[d];
    }
    return product;
  }
}
