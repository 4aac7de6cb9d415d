package dev.ablate.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.ablate.game.Values;
import dev.ablate.lens.heads.Example;
import dev.ablate.lens.heads.Examples;
import dev.ablate.lens.heads.HeadsGame;
import dev.ablate.lens.heads.HeadsLens;
import dev.ablate.mask.Masks;
import dev.ablate.model.ComponentChoice;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.SwitchedModel;
import dev.ablate.model.TextModel;
import dev.ablate.model.onnx.OnnxSession;
import dev.ablate.model.onnx.TensorInfo;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Masks of heads a second, by the game of a text, against the plain graph on ready-made batches of
 * the same rows with nothing switched. Prints ratios of processor seconds of the whole process, one
 * thread each, in pairs.
 *
 * <p>{@code benchmarks/run HeadsAgainstPlain [PAIRS] [MASKS]}.
 */
public final class HeadsAgainstPlain {
  private static final String REVIEW =
      "The plot is thin, but the leads never fail to charm and it hardly ever drags";
  private static final String PROMPT =
      "Martha has the bronze ball . Ralph has the purple ball . Ursula has the brown ball . Gina"
          + " has the purple car . Who has the bronze ball ?";
  private static final long HEADS = 4;
  private static final long SIZE = 16;

  private HeadsAgainstPlain() {}

  /**
   * Compares.
   *
   * @param args how many pairs, how many masks
   */
  public static void main(String[] args) {
    int pairs = args.length > 0 ? Integer.parseInt(args[0]) : 15;
    int masks = args.length > 1 ? Integer.parseInt(args[1]) : 1000;
    compare("sentiment", Example.labelled(REVIEW, "positive"), REVIEW, pairs, masks);
    compare("facts", Example.answered(PROMPT, "Martha", null), PROMPT + " Martha", pairs, masks);
  }

  private static void compare(String name, Example example, String text, int pairs, int count) {
    Path graph = Path.of("src/main/resources/dev/ablate/models", name, "model.onnx");
    try (SwitchedModel model =
            SwitchedModel.open(ModelDirectory.bundled(name), ComponentChoice.HEADS, 1);
        OnnxSession plain = OnnxSession.open(graph)) {
      HeadsGame game = HeadsLens.DEFAULT.game(model, new Examples(List.of(example)));
      int[] ids = model.text().tokenizer().tokenize(text).ids();
      Masks masks = masks(game.features(), count);
      Values values = Values.zeros(count, 1);
      double[] ratios = new double[pairs];
      double[] own = new double[pairs];
      double[] theirs = new double[pairs];
      for (int p = -2; p < pairs; p++) {
        double first = seconds(() -> game.evaluate(masks, values));
        double second = seconds(() -> plain(plain, ids, count));
        if (p >= 0) {
          own[p] = count / first;
          theirs[p] = count / second;
          ratios[p] = second / first;
        }
      }
      Arrays.sort(ratios);
      System.out.printf(
          Locale.ROOT,
          "%s: %d tokens, masks a processor second %.0f, plain graph %.0f; share %.3f (%.3f to"
              + " %.3f)%n",
          name,
          ids.length,
          median(own),
          median(theirs),
          ratios[pairs / 2],
          ratios[0],
          ratios[pairs - 1]);
    }
  }

  /** Half of the heads, in the mean. */
  private static Masks masks(int features, int count) {
    Random random = new Random(1);
    boolean[][] masks = new boolean[count][features];
    for (boolean[] mask : masks) {
      for (int f = 0; f < features; f++) {
        mask[f] = random.nextBoolean();
      }
    }
    return Masks.of(masks);
  }

  /** So many rows by the graph as it is, in batches as the game makes them, all outputs fetched. */
  private static void plain(OnnxSession session, int[] ids, int count) {
    int size = TextModel.BATCH_TOKENS / ids.length;
    session.run(
        run -> {
          for (int from = 0; from < count; from += size) {
            int rows = Math.min(size, count - from);
            for (TensorInfo input : session.inputs()) {
              if (input.name().startsWith("past")) {
                run.input(input, rows, HEADS, 0, SIZE);
              } else {
                fill(input.name(), run.input(input, rows, ids.length), ids, rows);
              }
            }
            for (TensorInfo output : session.outputs()) {
              run.output(output, shape(output, rows, ids.length));
            }
            run.run();
          }
        });
  }

  private static void fill(String name, ByteBuffer memory, int[] ids, int rows) {
    for (int i = 0; i < rows * ids.length; i++) {
      memory.putLong(
          i * Long.BYTES,
          switch (name) {
            case "input_ids" -> ids[i % ids.length];
            case "position_ids" -> i % ids.length;
            case "token_type_ids" -> 0;
            default -> 1;
          });
    }
  }

  private static long[] shape(TensorInfo output, int rows, int length) {
    if (output.name().startsWith("present")) {
      return new long[] {rows, HEADS, length, SIZE};
    }
    long last = output.shape().get(output.shape().size() - 1);
    return output.shape().size() == 2 ? new long[] {rows, last} : new long[] {rows, length, last};
  }

  private static double seconds(Runnable work) {
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long start = process.getProcessCpuTime();
    work.run();
    return (process.getProcessCpuTime() - start) * 1e-9;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
