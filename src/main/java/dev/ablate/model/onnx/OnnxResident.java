package dev.ablate.model.onnx;

import dev.ablate.backend.Backend;
import dev.ablate.model.ResidentNetwork;

/** A graph over tensors that lie in the memory of a backend. */
final class OnnxResident implements ResidentNetwork {
  private final OnnxSession session;
  private final ResidentGraph graph;
  private final Layout layout;

  /**
   * The graph of a session, which somebody else closes.
   *
   * @param session in whose residence a backend's memory can be bound
   */
  OnnxResident(OnnxSession session, ResidentGraph graph, Layout layout) {
    this.session = session;
    this.graph = graph;
    this.layout = layout;
  }

  /** The network of a session that nothing but tokens reach; null where it runs on the host. */
  static OnnxResident of(OnnxSession session, ResidentGraph graph, Packing packing) {
    return session.residence().backend() == null
        ? null
        : new OnnxResident(
            session, graph, graph.layout(packing.sharing(), packing.filler(), true, false));
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
    throw new IllegalStateException("rows of " + session.origin() + " share no tokens");
  }

  @Override
  public void run(Slot slot, Prefix prefix, int rows, int width, int asked) {
    session.whileOpen(
        () -> {
          try {
            ((ResidentSlot) slot).run((ResidentPrefix) prefix, rows, width, asked);
          } catch (IllegalArgumentException | IllegalStateException e) {
            throw e;
          } catch (RuntimeException e) {
            RuntimeException memory = session.residence().outOfMemory(OnnxSession.reason(e), e);
            throw memory != null ? memory : ModelFailure.of(session.origin(), rows, width, e);
          }
        });
  }

  @Override
  public void close() {
    session.residence().await();
  }
}
