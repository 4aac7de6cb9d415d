package dev.ablate.lens.text;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Scores;
import dev.ablate.backend.Tokens;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentNetwork.Per;
import dev.ablate.model.ResidentRows.Part;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Cosines of the angles between vectors of texts and others. */
final class ResidentSimilarity implements ResidentMeasure {
  private final Backend backend;
  private final Layout layout;
  private final Buffer references;

  /**
   * Compares with some vectors.
   *
   * @param vectors of length 1
   */
  ResidentSimilarity(Backend backend, Layout layout, float[][] vectors) {
    this.backend = backend;
    this.layout = layout;
    double[] all =
        Arrays.stream(vectors)
            .flatMapToDouble(one -> IntStream.range(0, one.length).mapToDouble(i -> one[i]))
            .toArray();
    this.references = backend.upload(HostBuffer.of(all));
  }

  @Override
  public void take(int pass, Tokens.Distinct rows, Part part, Scores.Into into) {
    int positions = layout.per() == Per.POSITION ? part.batch().width() : 1;
    Scores.Given given =
        new Scores.Given(
            part.slot().scores(),
            layout.number(),
            part.at(),
            part.count(),
            positions,
            layout.count());
    Scores.Pool pool = positions == 1 ? Scores.Pool.FIRST : layout.pool();
    backend.scores().similarities(given, pool, rows.lengths(), part.first(), references, into);
  }

  @Override
  public void close() {
    references.close();
  }
}
