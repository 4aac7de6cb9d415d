package dev.ablate.jobs;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.lens.LensKind;
import dev.ablate.setting.Settings;

/** The model that comes with the program, of whatever kind; closes without a checked exception. */
record OpenModel<M extends AutoCloseable>(M model) implements AutoCloseable {
  private static final HostBackend HOST = new HostBackend(1);

  static <M extends AutoCloseable> OpenModel<M> of(LensKind<M, ?> kind, int threads) {
    return new OpenModel<>(kind.open(null, Settings.STANDARD, threads, HOST));
  }

  @Override
  public void close() {
    try {
      model.close();
    } catch (Exception e) {
      throw new IllegalStateException("closing the model", e);
    }
  }
}
