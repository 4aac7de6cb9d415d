package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.Ablate;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Output;
import dev.ablate.model.LabelKind;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextClassifier;
import dev.ablate.model.TinyModels;
import dev.ablate.run.journal.JournalHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What logits mean is what {@code problem_type} says, as transformers' pipeline takes it. */
class LabelKindTest {
  private static final List<String> TOKENS = List.of("[CLS]", "never", "fails", "[SEP]");
  private static final String TEXT = "never fails";

  @TempDir private Path directory;

  private TextClassifier open(String graph, String config) throws IOException {
    TinyModels.copyTo(directory);
    Files.copy(
        TinyModels.graph(graph),
        directory.resolve("model.onnx"),
        StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(directory.resolve("config.json"), config.replace('\'', '"'));
    return (TextClassifier) ModelDirectory.open(directory).load(1);
  }

  private static Explanation explain(TextClassifier model, ValueFunction value, String... targets) {
    TextLens lens = new TextLens(Unit.WORD, Ablation.MASK, value, List.of(targets), List.of());
    return Ablate.builder().game(lens.game(model, TEXT)).explain();
  }

  private static JournalHeader journal(TextClassifier model, String target) {
    return JournalHeader.of(
        new TextLens(Unit.WORD, Ablation.MASK, null, List.of(target), List.of()).game(model, TEXT));
  }

  /** A journal of one label must not serve another one. */
  @ParameterizedTest
  @CsvSource({"b, a [0];a [1];b", "a [1], a [0];a [1];a [1] [2]"})
  void labelsOfOneNameAreToldApart(String third, String told) throws IOException {
    String config = "{'id2label': {'0': 'a', '1': 'a', '2': '%s'}}".formatted(third);
    try (TextClassifier model = open("three-labels", config)) {
      assertEquals(List.of(told.split(";")), model.labels());
      assertNotEquals(journal(model, "0"), journal(model, "1"));
      assertNotEquals(journal(model, "1"), journal(model, "2"));
      assertEquals(journal(model, "1"), journal(model, "a [1]"));
    }
  }

  private static double sigmoid(double logit) {
    return 1 / (1 + Math.exp(-logit));
  }

  @ParameterizedTest
  @EnumSource(names = {"LOG_ODDS", "LOGIT", "PROBABILITY"})
  void independentLabelsHaveSigmoids(ValueFunction value) throws IOException {
    double[] logits = TinyModels.logits(TOKENS, 3);
    try (TextClassifier model =
        open("three-labels", "{'problem_type': 'multi_label_classification'}")) {
      assertEquals(LabelKind.INDEPENDENT, model.labelKind());
      Explanation explanation = explain(model, value, "0", "1", "2");
      for (int c = 0; c < 3; c++) {
        double expected = value == ValueFunction.PROBABILITY ? sigmoid(logits[c]) : logits[c];
        assertEquals(expected, explanation.outputs().get(c).fit().all(), 1e-5);
      }
      List<String> notes = explanation.provenance().report().notes();
      assertTrue(
          notes.stream().anyMatch(note -> note.startsWith("the labels do not exclude each other")),
          notes.toString());
    }
  }

  @Test
  void independentLabelsHaveLogOddsOfTheirOwnByDefault() throws IOException {
    double[] logits = TinyModels.logits(TOKENS, 3);
    try (TextClassifier model =
        open("three-labels", "{'problem_type': 'multi_label_classification'}")) {
      Output output = explain(model, null, "1").outputs().get(0);
      assertEquals("log-odds", output.value());
      assertEquals(logits[1], output.fit().all(), 1e-5);
    }
  }

  @ParameterizedTest
  @CsvSource({"three-labels, 3", "one-label, 1"})
  void aRegressionIsExplainedAsItIs(String graph, int outputs) throws IOException {
    double[] logits = TinyModels.logits(TOKENS, outputs);
    try (TextClassifier model = open(graph, "{'problem_type': 'regression'}")) {
      assertEquals(LabelKind.NUMBERS, model.labelKind());
      for (ValueFunction value : new ValueFunction[] {null, ValueFunction.LOGIT}) {
        Explanation explanation = explain(model, value, "0");
        Output output = explanation.outputs().get(0);
        assertEquals("logit", output.value());
        assertEquals(logits[0], output.fit().all(), 1e-5);
        List<String> notes = explanation.provenance().report().notes();
        assertTrue(
            notes.stream().anyMatch(note -> note.startsWith("the model is a regression")),
            notes.toString());
      }
      for (ValueFunction value :
          new ValueFunction[] {ValueFunction.LOG_ODDS, ValueFunction.PROBABILITY}) {
        InputException e = assertThrows(InputException.class, () -> explain(model, value, "0"));
        assertTrue(e.getMessage().contains("is a regression"), e.getMessage());
        assertTrue(e.getMessage().contains("a number without " + value), e.getMessage());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{}", "{'problem_type': null}", "{'problem_type': 'single_label_classification'}"})
  void otherwiseOneLabelExcludesTheOthersAndASingleOneIsYesOrNo(String config) throws IOException {
    try (TextClassifier model = open("three-labels", config)) {
      double[] logits = TinyModels.logits(TOKENS, 3);
      double all = Math.exp(logits[0]) + Math.exp(logits[1]) + Math.exp(logits[2]);
      Explanation explanation = explain(model, ValueFunction.PROBABILITY, "2");
      double expected = Math.exp(logits[2]) / all;
      assertEquals(expected, explanation.outputs().get(0).fit().all(), 1e-6);
      assertEquals(List.of(), model.notes());
    }
    try (TextClassifier model = open("one-label", config)) {
      double logit = TinyModels.logits(TOKENS, 1)[0];
      Explanation explanation = explain(model, ValueFunction.PROBABILITY, "0");
      assertEquals(sigmoid(logit), explanation.outputs().get(0).fit().all(), 1e-6);
      Output output = explain(model, null, "0").outputs().get(0);
      assertEquals("log-odds", output.value());
      assertEquals(logit, output.fit().all(), 1e-5);
    }
  }
}
