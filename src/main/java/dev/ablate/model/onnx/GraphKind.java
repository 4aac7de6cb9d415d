package dev.ablate.model.onnx;

import dev.ablate.code.InputException;
import java.util.List;

/** What a graph gives for a text. */
public enum GraphKind {
  /** Scores of labels. */
  CLASSIFIER,
  /** Scores of the tokens that may come next. */
  LANGUAGE_MODEL,
  /** Vectors of tokens, or of the text. */
  ENCODER;

  private static final List<String> CAUSAL = List.of("ForCausalLM", "LMHeadModel");

  /** Networks with scores for each token that do not say what comes next. */
  private static final List<String> PER_TOKEN =
      List.of("ForTokenClassification", "ForMaskedLM", "ForQuestionAnswering");

  /**
   * The kind of a graph, by its declared inputs and outputs; a graph that declares no shape is
   * opened.
   *
   * @param scan what the graph says
   * @param architectures what config.json calls the network; may be empty
   * @param vocabulary how many tokens the network knows; the largest number if nothing says
   * @return a classifier also where it is nothing of all this: opening one then says what is wrong
   * @throws InputException if it scores tokens and is no language model
   */
  public static GraphKind of(
      GraphSource graph, GraphScan scan, List<String> architectures, int vocabulary) {
    TensorInfo logits = TensorInfo.named(scan.outputs(), Signature.LOGITS);
    if (logits != null && logits.shape().isEmpty()) {
      try (OnnxSession session = graph.open()) {
        logits = TensorInfo.named(session.outputs(), Signature.LOGITS);
      }
    }
    if (logits == null) {
      return scan.outputs().stream().anyMatch(EncoderRuns::isVector) ? ENCODER : CLASSIFIER;
    }
    int axes = logits.shape().size();
    boolean past = scan.inputs().stream().anyMatch(PastTensors::isPast);
    if (axes != 2 && (past || ends(architectures, CAUSAL))) {
      return LANGUAGE_MODEL;
    }
    if (axes != 3) {
      return CLASSIFIER;
    }
    if (logits.shape().get(2) != vocabulary || ends(architectures, PER_TOKEN)) {
      throw Signature.perToken(graph.origin());
    }
    return LANGUAGE_MODEL;
  }

  private static boolean ends(List<String> architectures, List<String> endings) {
    return architectures.stream().anyMatch(name -> endings.stream().anyMatch(name::endsWith));
  }
}
