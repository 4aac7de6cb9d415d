package dev.ablate.lens.text;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Scores;
import dev.ablate.backend.Tokens;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentRows.Part;

/** Labels of a classifier. */
final class ResidentLabels implements ResidentMeasure {
  private final Backend backend;
  private final Layout layout;
  private final Scores.LabelValue value;
  private final boolean exclusive;
  private final Buffer targets;

  /**
   * Asks about labels.
   *
   * @param exclusive whether they exclude each other
   * @param targets which labels
   */
  ResidentLabels(
      Backend backend, Layout layout, ValueFunction value, boolean exclusive, int[] targets) {
    this.backend = backend;
    this.layout = layout;
    this.value =
        switch (value) {
          case LOGIT -> Scores.LabelValue.LOGIT;
          case PROBABILITY -> Scores.LabelValue.PROBABILITY;
          default -> Scores.LabelValue.LOG_ODDS;
        };
    this.exclusive = exclusive;
    this.targets = backend.upload(HostBuffer.of(targets));
  }

  @Override
  public void take(int pass, Tokens.Distinct rows, Part part, Scores.Into into) {
    Scores.Given given =
        new Scores.Given(
            part.slot().scores(), layout.number(), part.at(), part.count(), 1, layout.count());
    backend.scores().labels(given, value, exclusive, targets, into);
  }

  @Override
  public void close() {
    targets.close();
  }
}
