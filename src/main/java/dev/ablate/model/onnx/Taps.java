package dev.ablate.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A graph opened for some tensors inside of it, and nothing that comes behind them. */
final class Taps implements AutoCloseable {
  /**
   * What a tensor holds in a run of one row, which comes first where the graph needs more.
   *
   * @param shape with the batch
   * @param numbers null where they are no floats
   */
  record Held(long[] shape, float[] numbers) {}

  private final OnnxSession session;
  private final TokenInputs inputs;
  private final PastTensors past;
  private final List<TensorInfo> taps;
  private final int filler;

  private Taps(OnnxSession session, List<String> tensors, int filler) {
    this.session = session;
    this.inputs = new TokenInputs(session.origin(), Signature.of(session));
    this.past = new PastTensors(PastTensors.inputsOf(session), List.of());
    this.taps = tensors.stream().map(name -> TensorInfo.named(session.outputs(), name)).toList();
    this.filler = filler;
  }

  /**
   * Opens a graph.
   *
   * @param model what is in it, unedited
   * @param tensors names of tensors
   * @param filler what stands behind the tokens of rows that are too short for the graph
   * @throws dev.ablate.code.InputException if ONNX Runtime cannot run it
   */
  static Taps open(GraphSource source, ModelProto model, List<String> tensors, int filler) {
    GraphProto.Builder graph = model.getGraph().toBuilder().clearOutput();
    PastEdit.share(graph, Signature.IDS, source.origin());
    for (String tensor : tensors) {
      // Without a type: ONNX Runtime finds it.
      graph.addOutput(ValueInfoProto.newBuilder().setName(tensor));
    }
    OnnxSession session = source.open(model.toBuilder().setGraph(graph).build());
    try {
      return new Taps(session, tensors, filler);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** The type of each tensor. */
  List<ElementType> types() {
    return taps.stream().map(TensorInfo::type).toList();
  }

  /** How the graph gets its tokens. */
  TokenInputs inputs() {
    return inputs;
  }

  /**
   * The shape that each tensor has in a run of some rows.
   *
   * @throws RuntimeException if ONNX Runtime fails
   */
  List<long[]> shapes(TokenBatch batch) {
    List<long[]> shapes = new ArrayList<>();
    session.run(
        run -> {
          bind(run, batch);
          shapes.addAll(run.shapesOf(taps));
        });
    return shapes;
  }

  private void bind(OnnxRun run, TokenBatch batch) {
    inputs.bind(run, batch, filler, 0);
    past.bindInputs(run, null);
  }

  /**
   * What each tensor holds for a row.
   *
   * @throws dev.ablate.code.InputException if ONNX Runtime fails
   */
  List<Held> of(int[] row) {
    TokenBatch batch = TokenBatch.of(TokenRows.of(List.of(row)), 0, 1);
    List<Held> held = new ArrayList<>();
    ModelFailure.on(
        session.origin(),
        batch,
        () ->
            session.run(
                run -> {
                  bind(run, batch);
                  List<long[]> shapes = run.shapesOf(taps);
                  List<ByteBuffer> places = new ArrayList<>();
                  for (int i = 0; i < taps.size(); i++) {
                    places.add(run.output(taps.get(i), shapes.get(i)));
                  }
                  run.run();
                  for (int i = 0; i < taps.size(); i++) {
                    held.add(held(taps.get(i), shapes.get(i), places.get(i)));
                  }
                  run.clearOutputs(taps);
                }));
    return held;
  }

  private static Held held(TensorInfo tensor, long[] shape, ByteBuffer place) {
    int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    float[] numbers = null;
    if (Signature.hasFloats(tensor)) {
      numbers = new float[count];
      tensor.type().floats(place, count, numbers, 0);
    }
    return new Held(shape, numbers);
  }

  @Override
  public void close() {
    session.close();
  }
}
