package dev.ablate.backend.host;

import dev.ablate.backend.Boosting;
import dev.ablate.backend.Buffer;
import java.util.List;

/** Boosted trees on the host's cores. */
final class HostBoosting implements Boosting {
  private final Workers workers;

  HostBoosting(Workers workers) {
    this.workers = workers;
  }

  @Override
  public List<Fitted> fit(Buffer masks, int rows, int features, List<Run> runs) {
    throw new IllegalStateException("in work on " + workers.threads());
  }
}
