package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.CausalScorer;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.StubLanguageModel;
import dev.ablate.model.TextTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked of a language model, over one whose probabilities are written down here. */
class AnswersTest {
  private static final String TEXT = "Her acting never fails to impress";
  private static final Masks ALL = Masks.exhaustive(6);

  /** Log-probability of a token behind others: nothing but a rule, with no model in it. */
  private static double log(List<Integer> before, int token) {
    int sum = 7 * token;
    for (int t = 0; t < before.size(); t++) {
      sum += (t + 1) * before.get(t);
    }
    return -(1 + sum % 23) / 8.0;
  }

  /** The rule, and an answer that a test writes down. */
  private static final class Rule implements CausalScorer {
    private final AtomicInteger rows = new AtomicInteger();
    private int[] answer = {};
    private int promptLength;
    private int ending;

    @Override
    public float[][] logProbabilities(int[] shared, int[][] all, int[] asked) {
      rows.addAndGet(all.length);
      float[][] logs = new float[all.length][];
      for (int r = 0; r < all.length; r++) {
        List<Integer> row = new ArrayList<>();
        IntStream.concat(IntStream.of(shared), IntStream.of(all[r])).forEach(row::add);
        logs[r] = new float[asked[r]];
        for (int a = 0; a < asked[r]; a++) {
          int at = row.size() - asked[r] + a;
          assertTrue(at > 0, "a token without one before it");
          logs[r][a] = (float) log(row.subList(0, at), row.get(at));
        }
      }
      return logs;
    }

    @Override
    public int next(int[] row) {
      int given = row.length - promptLength;
      return given < answer.length ? answer[given] : ending;
    }

    @Override
    public void close() {}
  }

  private final Rule rule = new Rule();
  private LanguageModel model;

  @BeforeEach
  void open() {
    model = StubLanguageModel.of(rule, OptionalInt.of(id("[CLS]")), Set.of(id("[SEP]")));
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static int id(String token) {
    try (LanguageModel one = StubLanguageModel.of(new Rule(), OptionalInt.empty(), Set.of())) {
      return one.tokenizer().id(token).orElseThrow();
    }
  }

  private int[] ids(String text) {
    TextTokenizer tokenizer = model.tokenizer();
    return tokenizer.tokenize(text, false).ids();
  }

  private static Question question(
      List<String> answers, String against, boolean sum, boolean each) {
    return new Question(answers, against, sum, each, 32, List.of(), List.of(), null);
  }

  private TextGame game(ValueFunction value, Question question) {
    return new TextLens(Unit.WORD, Ablation.AUTO, value, question).game(model, TEXT);
  }

  private static double[][] values(TextGame game) {
    Values values = Values.zeros(ALL.count(), game.outputs());
    game.evaluate(ALL, values);
    double[][] columns = new double[game.outputs()][];
    Arrays.setAll(columns, values::column);
    return columns;
  }

  /** The tokens of the text under a mask, of words that are one token each. */
  private List<Integer> prompt(int mask) {
    List<Integer> row = new ArrayList<>(List.of(id("[CLS]")));
    String[] words = TEXT.split(" ");
    for (int f = 0; f < words.length; f++) {
      if (ALL.kept(mask, f)) {
        IntStream.of(ids(words[f])).forEach(row::add);
      }
    }
    return row;
  }

  /** Log-probabilities of the tokens of an answer under a mask. */
  private double[] logs(int mask, String answer) {
    List<Integer> row = prompt(mask);
    int[] tokens = ids(answer);
    double[] logs = new double[tokens.length];
    for (int t = 0; t < tokens.length; t++) {
      logs[t] = log(row, tokens[t]);
      row.add(tokens[t]);
    }
    return logs;
  }

  private static double sum(double[] logs) {
    return Arrays.stream(logs).sum();
  }

  private static double of(String value, double[] logs, double[] other) {
    return switch (value) {
      case "answer" -> sum(logs) / logs.length;
      case "answer-sum" -> sum(logs);
      case "answer-probability" -> Math.exp(sum(logs));
      case "answer-log-odds" -> sum(logs) - sum(other);
      default -> throw new IllegalArgumentException(value);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "answer, ANSWER, , false",
    "answer, , , false",
    "answer-sum, , , true",
    "answer-probability, ANSWER_PROBABILITY, , false",
    "answer-log-odds, ANSWER, bad, false",
  })
  void everyMaskHasTheValueOfTheFormula(
      String name, ValueFunction value, String against, boolean sum) {
    List<String> answers = List.of("good acting", "never");
    TextGame game = game(value, question(answers, against, sum, false));
    assertEquals(name, game.subject().value());
    assertEquals(answers, game.outputNames());
    double[][] found = values(game);
    for (int m = 0; m < ALL.count(); m++) {
      for (int a = 0; a < answers.size(); a++) {
        double[] other = against == null ? null : logs(m, against);
        assertEquals(of(name, logs(m, answers.get(a)), other), found[a][m], 1e-6);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"ANSWER, answer-token", "ANSWER_PROBABILITY, answer-token-probability"})
  void everyTokenIsAnOutput(ValueFunction value, String name) {
    TextGame game = game(value, question(List.of("good acting good"), null, false, true));
    assertEquals(name, game.subject().value());
    assertEquals(List.of("good [0]", "acting", "good [2]"), game.outputNames());
    double[][] found = values(game);
    for (int m = 0; m < ALL.count(); m++) {
      double[] logs = logs(m, "good acting good");
      for (int t = 0; t < logs.length; t++) {
        double expected = value == ValueFunction.ANSWER ? logs[t] : Math.exp(logs[t]);
        assertEquals(expected, found[t][m], 1e-6);
      }
    }
  }

  @Test
  void perplexityIsThatOfWhatIsLeft() {
    TextGame game = game(ValueFunction.PERPLEXITY, Question.STANDARD);
    double[] found = values(game)[0];
    for (int m = 0; m < ALL.count(); m++) {
      List<Integer> row = prompt(m);
      double sum = 0;
      for (int t = 1; t < row.size(); t++) {
        sum += log(row.subList(0, t), row.get(t));
      }
      double expected = row.size() == 1 ? 1 : Math.exp(-sum / (row.size() - 1));
      assertEquals(expected, found[m], 1e-5 * expected);
    }
  }

  @Test
  void theModelsOwnAnswerEndsWhereTheTextDoes() {
    rule.promptLength = prompt(ALL.count() - 1).size();
    rule.answer = ids("good acting never");
    rule.ending = id("[SEP]");
    TextGame game = game(null, Question.STANDARD);
    assertEquals(List.of("good acting never"), game.outputNames());
    double[] found = values(game)[0];
    for (int m = 0; m < ALL.count(); m++) {
      assertEquals(of("answer", logs(m, "good acting never"), null), found[m], 1e-6);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, '', good",
    "2, '', good acting",
    "32, acting, good",
    "32, acting never, good",
    "32, g ne, good",
    "32, ' never', good acting",
    "32, fails, good acting never",
  })
  void itEndsWhereSomebodySays(int most, String stop, String answer) {
    rule.promptLength = prompt(ALL.count() - 1).size();
    rule.answer = ids("good acting never");
    rule.ending = id("[SEP]");
    List<String> stops = stop.isEmpty() ? List.of() : List.of(stop);
    Question question = new Question(List.of(), null, false, false, most, stops, List.of(), null);
    assertEquals(List.of(answer), game(null, question).outputNames());
  }

  @Test
  void anEmptyAnswerIsRefused() {
    rule.ending = id("[SEP]");
    InputException e = assertThrows(InputException.class, () -> game(null, Question.STANDARD));
    assertTrue(e.getMessage().contains("ends the text at once, so"), e.getMessage());
  }

  @Test
  void anAnswerThatBeginsWithAStopIsRefused() {
    rule.ending = id("never");
    List<String> stops = List.of("never");
    Question question = new Question(List.of(), null, false, false, 8, stops, List.of(), null);
    InputException e = assertThrows(InputException.class, () -> game(null, question));
    assertTrue(e.getMessage().contains("or begins what stops it, at once"), e.getMessage());
  }

  @Test
  void whatIsGivenForTheModelIsNamed() {
    refused("sum does nothing with per-token", null, question(List.of("a"), null, true, true));
    refused("sum does nothing with against", null, question(List.of("a"), "b", true, false));
    refused(
        "sum does nothing with value answer-probability",
        ValueFunction.ANSWER_PROBABILITY,
        question(List.of("a"), null, true, false));
    refused(
        "against asks for log-odds and value answer-probability for a probability",
        ValueFunction.ANSWER_PROBABILITY,
        question(List.of("a"), "b", false, false));
    refused(
        "the tokenizer leaves nothing of it", null, question(List.of(" \n"), null, false, false));
    refused(
        "is a language model, which knows nothing of value logit",
        ValueFunction.LOGIT,
        Question.STANDARD);
    refused(
        "is a language model, which knows nothing of value similarity",
        ValueFunction.SIMILARITY,
        Question.STANDARD);
    refused(
        "answer is about an answer and value perplexity about the text itself",
        ValueFunction.PERPLEXITY,
        question(List.of("a"), null, false, false));
    refused(
        "per-token is about an answer and value perplexity about the text itself",
        ValueFunction.PERPLEXITY,
        question(List.of(), null, false, true));
  }

  private void refused(String message, ValueFunction value, Question question) {
    InputException e = assertThrows(InputException.class, () -> game(value, question));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void tokenByTokenHasNothingToBeAgainst() {
    assertThrows(InputException.class, () -> question(List.of("a"), "b", false, true));
  }

  /** Two masks that leave the same words are one row. */
  @Test
  void equalRowsAreAskedOnce() {
    Question asked = question(List.of("good"), null, false, false);
    TextGame game =
        new TextLens(Unit.WORD, Ablation.REMOVE, null, asked).game(model, "good good good good");
    Masks all = Masks.exhaustive(4);
    Values values = Values.zeros(16, 1);
    rule.rows.set(0);
    game.evaluate(all, values);
    assertEquals(5, rule.rows.get(), "one row for each number of words that are left");
    double[] found = values.column(0);
    for (int m = 0; m < 16; m++) {
      int left = Integer.bitCount(m);
      assertEquals(found[(1 << left) - 1], found[m]);
    }
  }

  @Test
  void removalIsTheDefaultAndSaid() {
    TextGame game = game(null, question(List.of("good"), null, false, false));
    assertEquals("remove", game.subject().settings().get("ablate"));
    assertTrue(game.notes().toString().contains("are removed"), game.notes().toString());
  }

  @Test
  void rowsAreTheSameInEveryOrder() {
    TextGame game = game(null, question(List.of("good"), null, false, false));
    double[] all = values(game)[0];
    Values one = Values.zeros(1, 1);
    for (int m = 0; m < ALL.count(); m++) {
      game.evaluate(ALL.range(m, m + 1), one);
      assertArrayEquals(new double[] {all[m]}, one.column(0));
    }
  }
}
