package dev.ablate.model.onnx;

import dev.ablate.backend.Scores;
import dev.ablate.code.InputException;
import dev.ablate.model.Pooling;
import dev.ablate.model.ResidentNetwork.Per;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Runs rows of tokens through the graph of an encoder; the scores of a row are its vector, of
 * length 1.
 */
final class EncoderRuns implements RowRuns {
  /** More numbers than any vector of a text has. */
  private static final int LARGEST = 1 << 16;

  /** What graphs call the vectors of tokens. */
  private static final List<String> TOKENS = List.of("last_hidden_state", "token_embeddings");

  /** What they call the vector of a text. */
  private static final String TEXT = "sentence_embedding";

  private final OnnxSession session;
  private final TokenInputs inputs;
  private final TensorInfo vectors;
  private final Pooling pooling;

  /**
   * Looks at what the graph takes and gives.
   *
   * @param pooling null for the vectors of texts where the graph has them, else the mean
   * @throws InputException if that is not what an encoder has
   */
  EncoderRuns(OnnxSession session, Pooling pooling) {
    this.session = session;
    TensorInfo text = TensorInfo.named(session.outputs(), TEXT);
    TensorInfo tokens =
        TOKENS.stream()
            .map(name -> TensorInfo.named(session.outputs(), name))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    this.vectors = text != null && (pooling == null || tokens == null) ? text : tokens;
    this.pooling = pooling == null ? Pooling.MEAN : pooling;
    Signature signature = Signature.of(session);
    if (!signature.takesTokens()
        || !signature.others().isEmpty()
        || !Signature.hasFloats(vectors)) {
      throw Signature.unfit(
          session,
          String.join(" or ", Stream.concat(TOKENS.stream(), Stream.of(TEXT)).toList()),
          "feature-extraction");
    }
    this.inputs = new TokenInputs(session.origin(), signature);
  }

  /** Whether a graph without logits gives vectors. */
  static boolean isVector(TensorInfo output) {
    return TOKENS.contains(output.name()) || output.name().equals(TEXT);
  }

  @Override
  public TokenInputs inputs() {
    return inputs;
  }

  @Override
  public String score() {
    return "number of the vector";
  }

  @Override
  public boolean declaresScores() {
    return !vectors.shape().isEmpty() && vectors.shape().get(vectors.shape().size() - 1) > 0;
  }

  @Override
  public String needed() {
    return "a vector of one size; export it as a feature-extraction model";
  }

  /** Whether the graph gives vectors of tokens, which are pooled here. */
  private boolean isPooledHere() {
    return !vectors.name().equals(TEXT);
  }

  @Override
  public int scores(int[] row, int filler) {
    TokenBatch batch = TokenBatch.of(TokenRows.of(List.of(row)), 0, 1);
    long[] shape = inputs.shapeOf(session, vectors, batch, filler);
    long size = shape.length == 0 ? 0 : shape[shape.length - 1];
    long[] needed =
        isPooledHere()
            ? new long[] {inputs.rows(batch), inputs.width(batch), size}
            : new long[] {inputs.rows(batch), size};
    if (!Arrays.equals(shape, needed) || size < 1 || size > LARGEST) {
      throw new InputException(
          "the graph "
              + origin()
              + " returns "
              + vectors.name()
              + " of shape "
              + Arrays.toString(shape)
              + " for one text; needed is "
              + (isPooledHere() ? "(batch, sequence, size)" : "(batch, size)")
              + " with a size of 1 to "
              + LARGEST
              + "; export it as a feature-extraction model with dynamic axes");
    }
    return (int) size;
  }

  @Override
  public ResidentGraph resident(int size) {
    Scores.Pool pool = Scores.Pool.valueOf(pooling.name());
    return isPooledHere()
        ? new ResidentGraph(
            inputs.signature(), null, null, List.of(), vectors, Per.POSITION, size, pool)
        : ResidentGraph.ofRows(inputs.signature(), vectors, size);
  }

  @Override
  public void run(TokenBatch batch, int filler, int size, float[] scores) {
    session.run(
        run -> {
          inputs.bind(run, batch, filler, 0);
          int positions = isPooledHere() ? inputs.width(batch) : 1;
          ByteBuffer out = bindOutput(run, inputs.rows(batch), positions, size);
          run.run();
          float[] found = new float[batch.count() * positions * size];
          vectors.type().floats(out, found.length, found, 0);
          for (int row = 0; row < batch.count(); row++) {
            int length = isPooledHere() ? batch.rows().lengths()[batch.first() + row] : 1;
            int to = (batch.first() + row) * size;
            pooling.pool(found, row * positions * size, length, size, scores, to);
            normalise(scores, to, size);
          }
        });
  }

  private ByteBuffer bindOutput(OnnxRun run, int rows, int positions, int size) {
    return isPooledHere()
        ? run.output(vectors, rows, positions, size)
        : run.output(vectors, rows, size);
  }

  private static void normalise(float[] vectors, int at, int size) {
    double squares = 0;
    for (int i = at; i < at + size; i++) {
      squares += (double) vectors[i] * vectors[i];
    }
    double length = Math.sqrt(squares);
    for (int i = at; i < at + size && length > 0; i++) {
      vectors[i] = (float) (vectors[i] / length);
    }
  }
}
