package dev.ablate.lens.text;

import dev.ablate.model.LanguageModel;
import dev.ablate.model.ResidentNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How surprising a text is to a language model: exp of minus the mean log-probability of its
 * tokens, each given those before it. The first token of all is given none and not counted; a text
 * without others surprises nobody, its perplexity is 1.
 *
 * @param model the language model
 */
record PerplexityMeasure(LanguageModel model) implements Measure {
  private static final int[] NONE = {};

  @Override
  public String value() {
    return ValueFunction.PERPLEXITY.toString();
  }

  @Override
  public List<String> outputs() {
    return List.of("the text");
  }

  @Override
  public ResidentNetwork network() {
    return model.scorer().resident();
  }

  @Override
  public ResidentMeasure resident() {
    return new ResidentPerplexity(network().backend(), network().layout());
  }

  @Override
  public double[][] of(int[][] rows) {
    double[][] values = new double[rows.length][];
    Arrays.setAll(values, r -> new double[] {1});
    int[] asking = IntStream.range(0, rows.length).filter(r -> rows[r].length > 1).toArray();
    if (asking.length == 0) {
      return values;
    }
    int[][] asked = new int[asking.length][];
    int[] counts = new int[asking.length];
    for (int a = 0; a < asking.length; a++) {
      asked[a] = rows[asking[a]];
      counts[a] = asked[a].length - 1;
    }
    float[][] logs = model.scorer().logProbabilities(NONE, asked, counts);
    for (int a = 0; a < asking.length; a++) {
      values[asking[a]][0] = perplexity(asking[a], logs[a]);
    }
    return values;
  }

  private static double perplexity(int row, float[] logs) {
    double sum = 0;
    for (float log : logs) {
      sum += log;
    }
    double perplexity = Math.exp(-sum / logs.length);
    if (!Double.isFinite(perplexity)) {
      throw new NotFinite(row, "gives the text the perplexity " + perplexity);
    }
    return perplexity;
  }
}
