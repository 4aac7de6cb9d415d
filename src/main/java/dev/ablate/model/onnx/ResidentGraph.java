package dev.ablate.model.onnx;

import dev.ablate.backend.Scores;
import dev.ablate.model.ResidentNetwork.Extra;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentNetwork.Per;
import dev.ablate.model.ResidentNetwork.Sharing;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The tensors of a graph that a resident network binds.
 *
 * @param signature the inputs of tokens
 * @param places the input of places that are asked about; null but for {@link Per#ASKED}
 * @param past keys and values of shared tokens; null where the graph takes none
 * @param extras what else a row has, {@code (rows, numbers)}; may be empty
 * @param output what it gives
 * @param per of what
 * @param count how many numbers each
 * @param pool how vectors of positions become one; null but for {@link Per#POSITION}
 */
record ResidentGraph(
    Signature signature,
    TensorInfo places,
    PastTensors past,
    List<TensorInfo> extras,
    TensorInfo output,
    Per per,
    int count,
    Scores.Pool pool) {
  /** A graph that takes nothing but tokens and gives numbers of rows. */
  static ResidentGraph ofRows(Signature signature, TensorInfo output, int count) {
    return new ResidentGraph(signature, null, null, List.of(), output, Per.ROW, count, null);
  }

  /** All that is bound. */
  Stream<TensorInfo> tensors() {
    return Stream.of(
            Stream.of(
                signature.ids(),
                signature.attention(),
                signature.typeIds(),
                signature.positions(),
                places,
                output),
            extras.stream(),
            past == null ? Stream.<TensorInfo>of() : past.inputs().stream())
        .flatMap(tensors -> tensors)
        .filter(Objects::nonNull);
  }

  /**
   * What others see of it.
   *
   * @param sharing which rows may share a run
   * @param filler what stands behind the tokens of short rows
   * @param whole whether all tokens of a row decide what one gets
   * @param takesPrefix whether rows may share tokens in front of them
   */
  Layout layout(Sharing sharing, int filler, boolean whole, boolean takesPrefix) {
    return new Layout(
        signature.ids().type().element(),
        signature.attention() == null ? null : signature.attention().type().element(),
        signature.positions() == null ? null : signature.positions().type().element(),
        extras.stream().map(ResidentGraph::extra).toList(),
        output.type().number(),
        per,
        count,
        pool,
        signature.fixedRows(),
        signature.fixedLength(),
        sharing,
        filler,
        whole,
        takesPrefix);
  }

  private static Extra extra(TensorInfo input) {
    return new Extra(input.name(), input.type().number(), Math.toIntExact(input.shape().get(1)));
  }
}
