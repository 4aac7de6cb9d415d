package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Boosting.Fitted;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.CodedRegression;
import dev.ablate.backend.Decoding;
import dev.ablate.backend.Forest;
import dev.ablate.backend.GaussianProcess;
import dev.ablate.backend.GaussianProcess.Block;
import dev.ablate.backend.GaussianProcess.Posterior;
import dev.ablate.backend.GaussianProcess.Prior;
import dev.ablate.backend.GaussianProcess.Shape;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.LogisticRegression;
import dev.ablate.backend.Paths.Problem;
import dev.ablate.backend.Scores;
import dev.ablate.backend.Sets;
import dev.ablate.backend.Tokens;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Work of the size that explanations ask for, by which a device is tuned. Inputs are made before
 * the clock runs.
 *
 * @param name the family and the operation
 * @param work does it once and frees what it made
 */
public record Workload(String name, Consumer<Backend> work) {

  /** Makes the work of one family at a scale. */
  private interface Maker extends IntFunction<List<Workload>> {}

  private static final Map<String, Maker> FAMILIES = new LinkedHashMap<>();

  static {
    FAMILIES.put("sampling", scale -> List.of(uniform(scale), subspaces(scale)));
    FAMILIES.put("tokens", scale -> List.of(tokens(scale)));
    FAMILIES.put("scores", scale -> List.of(scores(scale)));
    FAMILIES.put(
        "walsh",
        scale -> {
          Buffer numbers = walshNumbers((1 << 21) * scale * scale);
          int times = 2 * scale * scale;
          return List.of(
              walshByOutput(64 * scale, 12),
              walsh(numbers, 8, times),
              walsh(numbers, 12, times),
              walsh(numbers, 15, times),
              walsh(numbers, 18, times));
        });
    FAMILIES.put("evaluation", scale -> List.of(evaluation(scale)));
    FAMILIES.put("parity", scale -> List.of(parity(scale)));
    FAMILIES.put("decoding", scale -> List.of(decoding(scale)));
    FAMILIES.put("coded_regression", scale -> List.of(regression(scale)));
    FAMILIES.put("boosting", scale -> List.of(boosting(scale)));
    FAMILIES.put("logistic_regression", scale -> List.of(logistic(scale)));
    FAMILIES.put("treespectra", scale -> List.of(treeSpectra(scale)));
    FAMILIES.put("paths", scale -> List.of(paths(scale)));
    FAMILIES.put("gaussianprocess", scale -> List.of(gaussianProcess(scale)));
  }

  /** The families that there is work for. */
  public static List<String> families() {
    return List.copyOf(FAMILIES.keySet());
  }

  /**
   * The work of some families.
   *
   * @param families of {@link #families}
   * @param scale factor on the sizes: 1 for a processor, more for a GPU
   */
  public static List<Workload> of(List<String> families, int scale) {
    return families.stream().flatMap(name -> FAMILIES.get(name).apply(scale).stream()).toList();
  }

  private static Workload uniform(int scale) {
    int rows = 100_000 * scale;
    return new Workload("sampling.uniform", b -> b.sampling().uniform(1, 2, 0, rows, 200).close());
  }

  private static Workload subspaces(int scale) {
    int features = 1000;
    Buffer columns = HostBuffer.of(Inputs.masks(3 * 8, features, 1));
    Buffer delays = HostBuffer.of(Inputs.masks(50 * scale, features, 2));
    return new Workload(
        "sampling.subspaces",
        b -> b.sampling().subspaces(columns, 3, 8, delays, 50 * scale, features).close());
  }

  /** The rows that masks leave of a text of 256 tokens, and batches of them. */
  private static Workload tokens(int scale) {
    int tokens = 256;
    int count = 10_000 * scale;
    int batch = 128;
    Buffer none = HostBuffer.of(new int[0]);
    Tokens.Text text =
        new Tokens.Text(
            HostBuffer.of(IntStream.range(0, tokens).toArray()),
            HostBuffer.of(IntStream.range(0, tokens).toArray()),
            HostBuffer.of(new int[tokens + 1]),
            none,
            tokens,
            tokens,
            0);
    Buffer masks = HostBuffer.of(Inputs.masks(count, tokens, 4));
    return new Workload(
        "tokens.distinct",
        b -> {
          try (Buffer there = b.upload(masks);
              Tokens.Distinct rows = b.tokens().distinct(text, there, count);
              Buffer ids = b.zeros(Buffer.Element.U64, (long) batch * tokens);
              Buffer seen = b.zeros(Buffer.Element.U64, (long) batch * tokens)) {
            Tokens.Batch into = new Tokens.Batch(ids, seen, null, tokens, 0, 0);
            for (int first = 0; first < rows.count(); first += batch) {
              int here = Math.min(batch, rows.count() - first);
              b.tokens().fill(text, there, rows, first, here, none, into, 0, batch);
            }
            ids.toHost();
          }
        });
  }

  /** Log-probabilities of tokens of a large vocabulary, of halves. */
  private static Workload scores(int scale) {
    int rows = 64 * scale;
    int vocabulary = 128_000;
    Buffer targets = HostBuffer.of(new long[rows]);
    return new Workload(
        "scores.logProbabilities",
        b -> {
          // Zeros, so that nothing is brought there.
          try (Buffer there = b.zeros(Buffer.Element.U8, 2L * rows * vocabulary);
              Buffer logs = b.zeros(Buffer.Element.F64, rows)) {
            Scores.Given given = new Scores.Given(there, Scores.Number.F16, 0, rows, 1, vocabulary);
            for (int time = 0; time < 10; time++) {
              b.scores().logProbabilities(given, targets, 0, logs, 0, 1, 1);
            }
            logs.toHost();
          }
        });
  }

  private static Workload walshByOutput(int rows, int bits) {
    int length = 1 << bits;
    Buffer values = HostBuffer.of(Inputs.normal(rows * length, 3));
    return new Workload(
        "walsh.by_output",
        b -> {
          try (Buffer data = b.walsh().byOutput(values, length, rows)) {
            b.walsh().transform(data, rows, length, 1.0 / length);
            data.toHost();
          }
        });
  }

  private static Buffer walshNumbers(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i % 7;
    }
    return HostBuffer.of(values);
  }

  /**
   * Rows of 2^bits numbers, on a GPU several times what its cache holds. They are transformed again
   * and again, because bringing them there takes as long as a hundred transforms.
   */
  private static Workload walsh(Buffer numbers, int bits, int times) {
    int length = 1 << bits;
    int rows = (int) (numbers.length() >> bits);
    return new Workload(
        "walsh.rows-" + bits,
        b -> {
          try (Buffer data = b.upload(numbers)) {
            for (int t = 0; t < times; t++) {
              b.walsh().transform(data, rows, length, 1 / Math.sqrt(length));
            }
          }
        });
  }

  private static Workload evaluation(int scale) {
    int features = 128;
    int rows = 4000 * scale;
    Sets sets = Inputs.sets(500, features, 4, 4);
    Buffer coefficients = HostBuffer.of(Inputs.normal(sets.size(), 5));
    Buffer masks = HostBuffer.of(Inputs.masks(rows, features, 6));
    return new Workload(
        "evaluation.evaluate",
        b -> Inputs.doubles(b.evaluation().evaluate(sets, coefficients, 1, masks, rows, features)));
  }

  private static Workload parity(int scale) {
    int features = 128;
    int rows = 4000;
    int parts = 5;
    Sets sets = Inputs.sets(300 * scale, features, 4, 7);
    Buffer masks = HostBuffer.of(Inputs.masks(rows, features, 8));
    Buffer folds = HostBuffer.of(Inputs.masks(parts, rows, 9));
    Buffer values = HostBuffer.of(Inputs.normal(rows, 10));
    return new Workload(
        "parity",
        b -> {
          int size = sets.size();
          try (Buffer columns = b.parity().columns(sets, masks, rows, features);
              Buffer products = b.parity().products(columns, size, rows, folds, parts, values, 1)) {
            b.parity().gram(columns, size, rows, folds, parts).close();
            // Waits for all three.
            products.toHost();
          }
        });
  }

  private static Workload decoding(int scale) {
    int problems = 2 * scale;
    CodedBins bins = DecodingChecks.bins(1000, 3, 8, 5);
    Sets sets = Inputs.sets(150, 1000, 4, 11);
    double[] coefficients = Inputs.normal(sets.size(), 12);
    double[] one = DecodingChecks.transforms(bins, sets, coefficients, 0.05);
    double[] all = new double[one.length * problems];
    for (int p = 0; p < problems; p++) {
      System.arraycopy(one, 0, all, p * one.length, one.length);
    }
    Decoding.Settings settings = new Decoding.Settings(55, 0.9, 3, true);
    Buffer transforms = HostBuffer.of(all);
    return new Workload(
        "decoding.decode", b -> b.decoding().decode(bins, transforms, problems, settings));
  }

  private static Workload regression(int scale) {
    CodedBins bins = DecodingChecks.bins(1000, 3, 8, 5);
    Sets sets = Inputs.sets(100 * scale, 1000, 4, 13);
    double[] values = DecodingChecks.transforms(bins, sets, Inputs.normal(sets.size(), 14), 0.05);
    int[] foldOf = IntStream.range(0, bins.delays()).map(p -> p % 5).toArray();
    return new Workload(
        "coded_regression",
        b -> {
          try (Buffer there = b.upload(HostBuffer.of(values));
              CodedRegression.Output output = b.codedRegression().open(bins, there, 1, 0);
              CodedRegression.Terms terms = output.on(sets, foldOf, 5)) {
            double[] penalties =
                IntStream.range(0, 20)
                    .mapToDouble(i -> terms.largest() * Math.pow(0.7, i))
                    .toArray();
            terms.ridge(penalties);
            try (CodedRegression.Walk walk = terms.lasso(penalties)) {
              for (int i = 0; i < penalties.length; i++) {
                walk.next();
              }
              walk.keep();
              walk.finish(true);
            }
          }
        });
  }

  private static Workload boosting(int scale) {
    return new Workload(
        "boosting.fit",
        b -> {
          List<Fitted> fitted = BoostingChecks.fit(b, 2000, 128, 12 * scale, 10);
          fitted.forEach(one -> one.forest().close());
        });
  }

  private static Workload logistic(int scale) {
    LogisticRegression.Problem problem = LogisticRegressionChecks.problem(1000, 64, 10, 2e-3);
    int subsets = 100 * scale;
    Buffer kept = HostBuffer.of(Inputs.masks(subsets, 1000, 18));
    double[] tests = Inputs.normal(100 * 64, 19);
    return new Workload(
        "logistic_regression.train",
        b -> LogisticRegressionChecks.train(b, problem, tests, kept, subsets));
  }

  private static Workload treeSpectra(int scale) {
    List<Forest> forests =
        IntStream.range(0, 2 * scale).mapToObj(i -> Inputs.forest(64, 5, 200, i)).toList();
    int[] trees = IntStream.range(0, forests.size()).map(i -> 200).toArray();
    return new Workload("treespectra.spectra", b -> b.treeSpectra().spectra(forests, trees));
  }

  private static Workload paths(int scale) {
    double[] penalties = IntStream.range(0, 20).mapToDouble(i -> 300 * Math.pow(0.7, i)).toArray();
    List<Problem> problems =
        IntStream.range(0, 4 * scale)
            .mapToObj(i -> PathsChecks.problem(400, 150, penalties, i))
            .toList();
    return new Workload(
        "paths",
        b -> {
          b.paths().lasso(problems);
          b.paths().ridge(problems);
        });
  }

  private static Workload gaussianProcess(int scale) {
    int features = 64;
    int each = Math.min(500, 120 * scale);
    int rows = Math.min(4000, 480 * scale);
    Buffer masks = HostBuffer.of(Inputs.masks(rows, features, 15));
    Buffer values = HostBuffer.of(Inputs.normal(rows, 16));
    double[] decays = IntStream.range(0, features).mapToDouble(i -> 0.0005 * (i + 1)).toArray();
    Prior prior = new Prior(decays, 1, 0.1);
    Prior shaped = new Prior(decays, 1, 0.1, new Shape(0.2, 3, 0.5, 0.5));
    List<Block> blocks =
        IntStream.range(0, 4).mapToObj(b -> new Block(b * each, each, 0, prior)).toList();
    List<Block> bent =
        IntStream.range(0, 4).mapToObj(b -> new Block(b * each, each, 0, shaped)).toList();
    Sets sets = Inputs.sets(100 * scale, features, 4, 17);
    return new Workload(
        "gaussianprocess",
        b -> {
          GaussianProcess process = b.gaussianProcess();
          process.evidence(masks, rows, features, values, 1, blocks);
          process.evidence(masks, rows, features, values, 1, bent);
          try (Posterior posterior =
              process.posterior(masks, rows, features, values, 1, 0, prior)) {
            posterior.forms(sets);
            posterior.leaveOneOut();
            process.predict(masks, rows, features, posterior.weights(), prior, masks, rows).close();
          }
        });
  }
}
