package dev.ablate.model.onnx;

import dev.ablate.backend.Backend;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.model.ResidentNetwork;
import java.util.function.Function;

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

  /** The network of a session whose rows share no tokens; null where it runs on the host. */
  static OnnxResident of(OnnxSession session, RowRuns runs, int count, Packing packing) {
    if (session.residence().backend() == null) {
      return null;
    }
    ResidentGraph graph = runs.resident(count);
    Layout layout = graph.layout(packing.sharing(), packing.filler(), true, false);
    return new OnnxResident(session, graph, layout, tokens -> null);
  }

  /** A causal network, which closes its session; null where it runs on the host. */
  static OnnxResident of(OnnxSession session, CausalTrial trial) {
    if (session.residence().backend() == null) {
      return null;
    }
    CausalBatches batches = trial.batches();
    ResidentGraph graph = batches.runs().resident();
    Layout layout =
        graph.layout(
            batches.packing().sharing(),
            batches.packing().filler(),
            batches.whole(),
            trial.sharesPrefix());
    return new OnnxResident(session, graph, layout, trial::prefix);
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
