package dev.ablate.model.onnx;

import dev.ablate.backend.Backend;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.model.ResidentNetwork;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** A graph over tensors that lie in the memory of a backend. */
final class OnnxResident implements ResidentNetwork {
  private final OnnxSession session;
  private final ResidentGraph graph;
  private final Layout layout;
  private final Function<int[], KeptPrefix> prefixes;

  private OnnxResident(
      OnnxSession session,
      ResidentGraph graph,
      Layout layout,
      Function<int[], KeptPrefix> prefixes) {
    this.session = session;
    this.graph = graph;
    this.layout = layout;
    this.prefixes = prefixes;
  }

  /**
   * What became of a session that is to be resident.
   *
   * @param network null where it runs on the host
   * @param notes lines for the user about why it does
   */
  record Opened(OnnxResident network, List<String> notes) {}

  /** The network of a session whose rows share no tokens. */
  static Opened of(OnnxSession session, RowRuns runs, int count, Packing packing) {
    return of(
        session,
        () -> runs.resident(count),
        graph -> graph.layout(packing.sharing(), packing.filler(), true, false),
        tokens -> null);
  }

  /** A causal network. */
  static Opened of(OnnxSession session, CausalTrial trial) {
    CausalBatches batches = trial.batches();
    Packing packing = batches.packing();
    return of(
        session,
        () -> batches.runs().resident(),
        graph ->
            graph.layout(
                packing.sharing(), packing.filler(), batches.whole(), trial.sharesPrefix()),
        trial::prefix);
  }

  private static Opened of(
      OnnxSession session,
      Supplier<ResidentGraph> bound,
      Function<ResidentGraph, Layout> layout,
      Function<int[], KeptPrefix> prefixes) {
    if (session.residence().backend() == null) {
      return new Opened(null, List.of());
    }
    ResidentGraph graph = bound.get();
    List<String> elsewhere = session.elsewhere(graph.tensors());
    if (!elsewhere.isEmpty()) {
      String note =
          "the graph keeps "
              + String.join(", ", elsewhere)
              + " on the processor, so that its batches pass through the host";
      return new Opened(null, List.of(note));
    }
    return new Opened(new OnnxResident(session, graph, layout.apply(graph), prefixes), List.of());
  }

  @Override
  public Backend backend() {
    return session.residence().backend();
  }

  @Override
  public Layout layout() {
    return layout;
  }

  @Override
  public Slot slot(int rows, int positions, int asked) {
    ResidentSlot[] made = new ResidentSlot[1];
    session.whileOpen(
        () -> made[0] = new ResidentSlot(session, graph, layout, rows, positions, asked));
    return made[0];
  }

  @Override
  public Prefix prefix(int[] tokens) {
    return layout.takesPrefix() ? prefixes.apply(tokens) : null;
  }

  @Override
  public void run(Slot slot, Prefix prefix, int rows, int width, int asked) {
    if (layout.per() == Per.ASKED && asked == 0) {
      return;
    }
    session.whileOpen(
        () -> {
          try {
            ((ResidentSlot) slot).run((KeptPrefix) prefix, rows, width, asked);
          } catch (IllegalArgumentException
              | IllegalStateException
              | OutOfDeviceMemoryException e) {
            throw e;
          } catch (RuntimeException e) {
            throw ModelFailure.of(session.origin(), rows, width, e);
          }
        });
  }

  @Override
  public void close() {
    session.residence().await();
  }
}
