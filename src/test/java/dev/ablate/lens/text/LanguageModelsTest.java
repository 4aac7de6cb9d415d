package dev.ablate.lens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextTokenizer.Tokens;
import dev.ablate.model.onnx.CausalFolders;
import dev.ablate.model.onnx.PlainCausal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Language models of real architectures as games, against the graph as it is: all logits, one
 * unpadded row at a time, softmax in double precision. With {@code -Dablate.test.masks=all} every
 * mask is asked about, else some.
 */
class LanguageModelsTest {
  private static final String TEXT = "the old man went down to the quiet river today";
  private static final List<String> ANSWERS = List.of(" and slept", " alone");
  private static final String AGAINST = " with a friend";
  private static final String SUBSTITUTE = "something";
  private static final boolean ALL = "all".equals(System.getProperty("ablate.test.masks"));
  private static final int SOME = 16;

  private final List<String> compared = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2-lm-ts",
        "gpt2-lm-fp16",
        "gpt2-lm-past-ts",
        "llama-lm-ts",
        "llama-lm-past-ts",
        "llama-lm-dynamo",
        "llama-lm-past-dynamo",
        "mistral-lm-ts",
        "qwen2-lm-past-ts"
      })
  void everyMaskHasTheValueOfItsRowAlone(String name) {
    Path folder = CausalFolders.folder(name);
    double tolerance = name.contains("fp16") ? 2e-2 : 1e-4;
    try (LanguageModel model = (LanguageModel) ModelDirectory.open(folder).load(2);
        PlainCausal plain = new PlainCausal(folder.resolve("model.onnx"))) {
      for (Unit unit : List.of(Unit.WORD, Unit.TOKEN)) {
        for (Ablation ablation : List.of(Ablation.REMOVE, Ablation.UNK, Ablation.SUBSTITUTE)) {
          if (ablation != Ablation.UNK || model.unkId().isPresent()) {
            new Comparison(model, plain, unit, ablation, tolerance).run();
            compared.add(unit + " " + ablation);
          }
        }
      }
    }
    assertTrue(compared.size() >= 4, compared.toString());
  }

  /** One way to take the text apart. */
  private record Comparison(
      LanguageModel model, PlainCausal plain, Unit unit, Ablation ablation, double tolerance) {
    void run() {
      TextGame mean = game(ValueFunction.ANSWER, null, false);
      TextGame odds = game(ValueFunction.ANSWER, AGAINST, false);
      TextGame each = game(ValueFunction.ANSWER, null, true);
      TextGame perplexity = lens(ValueFunction.PERPLEXITY, Question.STANDARD).game(model, TEXT);
      Masks masks = masks(mean.features());
      Values ofMean = evaluate(mean, masks);
      Values ofOdds = evaluate(odds, masks);
      Values ofEach = evaluate(each, masks);
      Values ofPerplexity = evaluate(perplexity, masks);
      double spread = 0;
      for (int m = 0; m < masks.count(); m++) {
        int[] row = row(masks.row(m), mean);
        double against = sum(logs(row, AGAINST));
        int token = 0;
        for (int a = 0; a < ANSWERS.size(); a++) {
          double[] logs = logs(row, ANSWERS.get(a));
          double sum = sum(logs);
          assertEquals(sum / logs.length, ofMean.get(m, a), tolerance, told(m));
          assertEquals(sum - against, ofOdds.get(m, a), 6 * tolerance, told(m));
          for (double log : logs) {
            assertEquals(log, ofEach.get(m, token++), tolerance, told(m));
          }
          spread = Math.max(spread, Math.abs(ofMean.get(m, a) - ofMean.get(0, a)));
        }
        assertEquals(token, each.outputs());
        double expected = row.length < 2 ? 1 : perplexity(row);
        assertEquals(1, ofPerplexity.get(m, 0) / expected, 2 * tolerance, told(m));
      }
      assertTrue(spread > 10 * tolerance, "the values hardly differ: " + spread);
    }

    private String told(int mask) {
      return unit + " " + ablation + " " + mask;
    }

    private TextLens lens(ValueFunction value, Question question) {
      return new TextLens(
          unit,
          ablation,
          value,
          List.of(),
          List.of(),
          ablation == Ablation.SUBSTITUTE ? SUBSTITUTE : null,
          question,
          null);
    }

    private TextGame game(ValueFunction value, String against, boolean each) {
      Question question =
          new Question(ANSWERS, against, false, each, 32, List.of(), List.of(), null);
      return lens(value, question).game(model, TEXT);
    }

    private static Values evaluate(TextGame game, Masks masks) {
      Values values = Values.zeros(masks.count(), game.outputs());
      game.evaluate(masks, values);
      return values;
    }

    /** All of them, or all and none kept and others that are drawn. */
    private static Masks masks(int features) {
      Masks all = Masks.exhaustive(features);
      Random random = new Random(5);
      return ALL
          ? all
          : all.select(
              IntStream.range(0, SOME)
                  .map(i -> i < 2 ? i * (all.count() - 1) : random.nextInt(all.count()))
                  .toArray());
    }

    /** The tokens under a mask; where none is left, the one that begins a text. */
    private int[] row(boolean[] kept, TextGame game) {
      Tokens tokens = model.tokenizer().tokenize(TEXT);
      IntStream.Builder row = IntStream.builder();
      int last = -1;
      int count = 0;
      for (int t = 0; t < tokens.count(); t++) {
        int feature = tokens.special()[t] ? -1 : feature(game, tokens, t);
        int[] ids = {tokens.ids()[t]};
        if (feature >= 0 && !kept[feature]) {
          int start = game.spans().get(feature).start();
          ids = hidden(feature != last, start > 0 && TEXT.charAt(start - 1) == ' ');
        }
        last = feature;
        for (int id : ids) {
          row.add(id);
          count++;
        }
      }
      return count == 0 ? new int[] {model.beginId().orElseThrow()} : row.build().toArray();
    }

    private static int feature(TextGame game, Tokens tokens, int t) {
      int end = tokens.ends()[t];
      for (int f = 0; f < game.features(); f++) {
        if (game.spans().get(f).start() < end && end <= game.spans().get(f).end()) {
          return f;
        }
      }
      throw new IllegalStateException("token " + t + " is of no feature");
    }

    private int[] hidden(boolean first, boolean spaced) {
      return switch (ablation) {
        case REMOVE -> new int[0];
        case UNK -> new int[] {model.unkId().orElseThrow()};
        default -> first ? substitute(spaced) : new int[0];
      };
    }

    private int[] substitute(boolean spaced) {
      String before = spaced ? "a " : "";
      Tokens tokens = model.tokenizer().tokenize(before + SUBSTITUTE);
      return IntStream.range(0, tokens.count())
          .filter(t -> !tokens.special()[t] && tokens.ends()[t] > before.length())
          .map(t -> tokens.ids()[t])
          .toArray();
    }

    /** The tokens of the answer are those that it has behind the whole text. */
    private double[] logs(int[] row, String answer) {
      int[] text = model.tokenizer().tokenize(TEXT).ids();
      int[] both = model.tokenizer().tokenize(TEXT + answer).ids();
      int[] ids = Arrays.copyOfRange(both, text.length, both.length);
      int[] whole = Arrays.copyOf(row, row.length + ids.length);
      System.arraycopy(ids, 0, whole, row.length, ids.length);
      return plain.logProbabilities(whole, ids.length);
    }

    private double perplexity(int[] row) {
      return Math.exp(-sum(plain.logProbabilities(row, row.length - 1)) / (row.length - 1));
    }

    private static double sum(double[] logs) {
      return Arrays.stream(logs).sum();
    }
  }
}
