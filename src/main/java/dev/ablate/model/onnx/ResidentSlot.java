package dev.ablate.model.onnx;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.model.ResidentNetwork;
import dev.ablate.model.ResidentNetwork.Layout;
import java.util.ArrayList;
import java.util.List;

/** Tensors of runs of limited size, bound to a session. */
final class ResidentSlot implements ResidentNetwork.Slot {
  private final OnnxSession session;
  private final ResidentGraph graph;
  private final Layout layout;
  private final int rows;
  private final int positions;
  private final int asked;
  private final List<Residence.Tensor> memory = new ArrayList<>();
  private final Residence.Tensor ids;
  private final Residence.Tensor attention;
  private final Residence.Tensor places;
  private final Residence.Tensor targets;
  private final Residence.Tensor positionIds;

  /** Zeros, and nobody writes to them. */
  private final Residence.Tensor typeIds;

  private final List<Residence.Tensor> extras = new ArrayList<>();
  private final Residence.Tensor scores;

  /** An address for tensors without numbers. */
  private final Residence.Tensor nothing;

  private final OnnxRun run;
  private final RecordedRuns recorded = new RecordedRuns();
  private final Residence.Fence fence;
  private boolean closed;

  ResidentSlot(
      OnnxSession session, ResidentGraph graph, Layout layout, int rows, int positions, int asked) {
    this.session = session;
    this.graph = graph;
    this.layout = layout;
    this.rows = rows;
    this.positions = positions;
    this.asked = asked;
    try {
      Signature signature = graph.signature();
      this.ids = tokens(signature.ids(), positions);
      this.attention = tokens(signature.attention(), positions);
      this.positionIds = tokens(signature.positions(), positions);
      this.typeIds = tokens(signature.typeIds(), positions);
      this.places = tokens(graph.places(), asked);
      this.targets = tokens(graph.places(), asked);
      for (ResidentNetwork.Extra extra : layout.extras()) {
        extras.add(tensor(Element.U8, (long) rows * extra.count() * extra.number().bytes()));
      }
      this.scores = tensor(Element.U8, scoreBytes(rows, positions, asked));
      this.nothing = session.residence().memory(1);
      memory.add(nothing);
      this.fence = session.residence().fence();
      this.run = session.residentRun();
    } catch (RuntimeException e) {
      memory.forEach(Residence.Tensor::close);
      throw e;
    }
  }

  private Residence.Tensor tensor(Element element, long length) {
    Residence.Tensor tensor = session.residence().tensor(element, length);
    memory.add(tensor);
    return tensor;
  }

  private Residence.Tensor tokens(TensorInfo input, int length) {
    return input == null ? null : tensor(input.type().element(), length);
  }

  private long scoreBytes(int rows, int positions, int asked) {
    long vectors =
        switch (layout.per()) {
          case ROW -> rows;
          case POSITION -> positions;
          case ASKED -> asked;
        };
    return vectors * layout.count() * layout.number().bytes();
  }

  private static Buffer buffer(Residence.Tensor tensor) {
    return tensor == null ? null : tensor.buffer();
  }

  @Override
  public Buffer ids() {
    return ids.buffer();
  }

  @Override
  public Buffer attention() {
    return buffer(attention);
  }

  @Override
  public Buffer positions() {
    return buffer(positionIds);
  }

  @Override
  public Buffer places() {
    return buffer(places);
  }

  @Override
  public Buffer targets() {
    return buffer(targets);
  }

  @Override
  public Buffer extra(int number) {
    return extras.get(number).buffer();
  }

  @Override
  public Buffer scores() {
    return scores.buffer();
  }

  @Override
  public void filled() {
    fence.filled();
  }

  @Override
  public void join() {
    fence.join();
  }

  /**
   * Runs the graph over this memory; in {@link OnnxSession#whileOpen}.
   *
   * @param prefix tokens in front of every row; null for none
   * @throws IllegalArgumentException if the run is larger than the memory
   */
  void run(KeptPrefix prefix, int rows, int width, int asked) {
    int past = prefix == null ? 0 : prefix.length();
    if (rows > this.rows || (long) rows * (past + width) > positions || asked > this.asked) {
      throw new IllegalArgumentException(
          rows + " x " + (past + width) + " tokens, " + asked + " asked about, are too many here");
    }
    bindTokens(rows, width, past);
    for (int e = 0; e < extras.size(); e++) {
      ResidentNetwork.Extra extra = layout.extras().get(e);
      long bytes = (long) rows * extra.count() * extra.number().bytes();
      bind(graph.extras().get(e), extras.get(e), bytes, rows, extra.count());
    }
    if (graph.places() != null) {
      bind(graph.places(), places, (long) asked * Long.BYTES, asked);
    }
    if (graph.past() != null) {
      graph.past().bindInputs(run, prefix, nothing.address());
    }
    run.output(graph.output(), scores.address(), shape(rows, width, asked));
    if (session.residence().repeatsRuns()) {
      run.record(recorded.number(rows, width, asked, prefix));
    }
    fence.beforeRun();
    run.run();
    fence.afterRun();
    scores.fromNetwork(scoreBytes(rows, rows * width, asked));
  }

  private long[] shape(int rows, int width, int asked) {
    return switch (layout.per()) {
      case ROW -> new long[] {rows, layout.count()};
      case POSITION -> new long[] {rows, width, layout.count()};
      case ASKED -> new long[] {asked, layout.count()};
    };
  }

  private void bindTokens(int rows, int width, int past) {
    Signature signature = graph.signature();
    bindTokens(signature.ids(), ids, rows, width);
    bindTokens(signature.attention(), attention, rows, past + width);
    bindTokens(signature.positions(), positionIds, rows, width);
    bindTokens(signature.typeIds(), typeIds, rows, width);
  }

  private void bindTokens(TensorInfo input, Residence.Tensor tensor, int rows, int width) {
    if (input != null) {
      bind(input, tensor, (long) rows * width * input.type().bytes(), rows, width);
    }
  }

  private void bind(TensorInfo input, Residence.Tensor tensor, long bytes, long... shape) {
    tensor.toNetwork(bytes);
    run.input(input, tensor.address(), shape);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      // Kernels that get this memory next come behind the runs over it.
      fence.join();
      session.residence().enter();
      run.close();
      fence.close();
      memory.forEach(Residence.Tensor::close);
    }
  }
}
