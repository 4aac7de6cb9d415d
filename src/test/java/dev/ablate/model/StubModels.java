package dev.ablate.model;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.Scores;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentNetwork.Per;
import dev.ablate.model.ResidentNetwork.Sharing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Models of {@link StubFunction} with the words of the tiny model, on the host and in the memory of
 * a backend.
 */
public final class StubModels {
  private StubModels() {}

  /** A layout of int64 inputs, all of which are taken. */
  public static Layout layout(Per per, int count) {
    return new Layout(
        Element.U64,
        Element.U64,
        Element.U64,
        List.of(),
        Scores.Number.F32,
        per,
        count,
        per == Per.POSITION ? Scores.Pool.MEAN : null,
        0,
        0,
        Sharing.PADDED,
        0,
        false,
        per == Per.ASKED);
  }

  /** The same with other rules for batches. */
  public static Layout with(
      Layout layout, Element whole, Sharing sharing, int fixedRows, int fixedLength) {
    return new Layout(
        whole,
        whole,
        layout.positions() == null ? null : whole,
        layout.extras(),
        layout.number(),
        layout.per(),
        layout.count(),
        layout.pool(),
        fixedRows,
        fixedLength,
        sharing,
        layout.filler(),
        layout.whole(),
        layout.takesPrefix());
  }

  private static TextModel.Parts parts() {
    Path folder = TinyModels.directory();
    try {
      return new TextModel.Parts(
          new ModelIdentity("stub", Map.of()),
          ModelConfig.read(new ModelFiles.InDirectory(folder)),
          TextTokenizer.of(Files.readAllBytes(folder.resolve("tokenizer.json")), "stub"),
          () -> null,
          List.of(),
          2);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The number of a word. */
  public static int id(String token) {
    return TinyModels.id(token);
  }

  /**
   * A classifier of two labels.
   *
   * @param network null for a model of the host
   */
  public static TextClassifier classifier(StubFunction function, ResidentNetwork network) {
    return new TextClassifier(parts(), new Rows(function, network, null));
  }

  /** An encoder. */
  public static EmbeddingModel encoder(
      StubFunction function, ResidentNetwork network, Scores.Pool pool) {
    Rows rows = new Rows(function, network, pool);
    return new EmbeddingModel(parts(), pooling -> rows, rows);
  }

  /** A language model with the words as its vocabulary. */
  public static LanguageModel languageModel(StubFunction function, ResidentNetwork network) {
    CausalScorer scorer =
        new CausalScorer() {
          @Override
          public float[][] logProbabilities(int[] shared, int[][] rows, int[] asked) {
            float[][] found = new float[rows.length][];
            for (int r = 0; r < rows.length; r++) {
              int[] whole = Arrays.copyOf(shared, shared.length + rows[r].length);
              System.arraycopy(rows[r], 0, whole, shared.length, rows[r].length);
              found[r] = new float[asked[r]];
              for (int a = 0; a < asked[r]; a++) {
                int at = whole.length - asked[r] + a;
                found[r][a] = function.logProbability(Arrays.copyOf(whole, at), whole[at]);
              }
            }
            return found;
          }

          @Override
          public int next(int[] row) {
            float[] logits = function.of(row);
            int best = 0;
            for (int k = 0; k < logits.length; k++) {
              best = logits[k] > logits[best] ? k : best;
            }
            return best;
          }

          @Override
          public ResidentNetwork resident() {
            return network;
          }

          @Override
          public void close() {}
        };
    return new LanguageModel(
        parts(), scorer, new EdgeTokens(OptionalInt.of(id("[CLS]")), Set.of()));
  }

  /** Numbers of rows: of all tokens, or pooled. */
  private record Rows(StubFunction function, ResidentNetwork resident, Scores.Pool pool)
      implements Scorer {
    @Override
    public int scores() {
      return function.count();
    }

    @Override
    public void score(int[] ids, int[] lengths, int rows, int width, float[] scores) {
      for (int r = 0; r < rows; r++) {
        int[] row = Arrays.copyOfRange(ids, r * width, r * width + lengths[r]);
        float[] own = pool == null ? function.of(row) : function.vector(row, pool);
        System.arraycopy(own, 0, scores, r * own.length, own.length);
      }
    }

    @Override
    public void close() {}
  }
}
