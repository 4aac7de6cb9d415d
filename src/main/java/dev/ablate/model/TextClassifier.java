package dev.ablate.model;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A model that gives a text one score a label. */
public final class TextClassifier extends TextModel {
  private final Scorer scorer;
  private final List<String> labels;
  private final LabelKind labelKind;
  private final List<String> notes;

  TextClassifier(Parts parts, Scorer scorer) {
    super(parts, scorer.maxTokens(), row -> scores(scorer, row));
    this.scorer = scorer;
    this.labels =
        parts.config().labels().isEmpty()
            ? IntStream.range(0, scorer.scores()).mapToObj(i -> "LABEL_" + i).toList()
            : parts.config().labels();
    this.labelKind = parts.config().kind(scorer.scores());
    this.notes =
        Stream.of(parts.notes(), scorer.notes(), labelNotes()).flatMap(List::stream).toList();
  }

  private List<String> labelNotes() {
    return switch (labelKind) {
      case EXCLUSIVE -> List.of();
      case INDEPENDENT ->
          labels.size() == 1
              ? List.of()
              : List.of(
                  "the labels do not exclude each other (problem_type in config.json): the log-odds"
                      + " of each are its logit, and its probability is the sigmoid of that");
      case NUMBERS ->
          List.of(
              "the model is a regression (problem_type in config.json): its outputs are explained"
                  + " as they are");
    };
  }

  static float[] scores(Scorer scorer, int[] row) {
    float[] scores = new float[scorer.scores()];
    scorer.score(row, new int[] {row.length}, 1, row.length, scores);
    return scores;
  }

  @Override
  public String kind() {
    return "a classifier";
  }

  /** The network. */
  public Scorer scorer() {
    requireOpen();
    return scorer;
  }

  /** The labels in the order of the logits; {@code LABEL_0}… if the model names none. */
  public List<String> labels() {
    return labels;
  }

  /** What the logits mean. */
  public LabelKind labelKind() {
    return labelKind;
  }

  @Override
  public List<String> notes() {
    return notes;
  }

  /**
   * The logits of a text.
   *
   * @param ids its tokens, special ones included
   * @throws dev.ablate.code.InputException if the network fails on it; the message says so if it is
   *     too long
   */
  public float[] logits(int[] ids) {
    return ofText(ids, () -> scores(scorer, ids));
  }

  @Override
  void closeNetwork() {
    scorer.close();
  }
}
