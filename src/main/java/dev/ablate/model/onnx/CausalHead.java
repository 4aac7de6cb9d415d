package dev.ablate.model.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What an edited graph gives of the places that are asked about. */
interface CausalHead {
  /** The one that {@link CausalEdit} gave the graph of a session. */
  static CausalHead of(OnnxSession session) {
    TensorInfo logits = TensorInfo.named(session.outputs(), CausalEdit.LOGITS);
    return logits == null ? Chosen.of(session) : new Logits(logits);
  }

  /** Most places of a run that are asked about, where several rows are. */
  int mostAsked();

  /**
   * Binds what there is beside the places, last of all that is bound.
   *
   * @return reads what the next run finds
   */
  Answers bind(OnnxRun run, AskedTokens asked);

  /** What a run found. */
  interface Answers {
    /** The log-probability of each token that was asked about. */
    float[] logProbabilities();

    /** The likeliest token at each place. */
    int[] likeliest();
  }

  /**
   * The log-probabilities of those tokens, and the likeliest ones, chosen in the graph.
   *
   * @param targets takes the tokens
   */
  record Chosen(TensorInfo targets, TensorInfo logProbabilities, TensorInfo likeliest)
      implements CausalHead {
    private static Chosen of(OnnxSession session) {
      return new Chosen(
          TensorInfo.named(session.inputs(), CausalEdit.TARGETS),
          TensorInfo.named(session.outputs(), CausalEdit.LOG_PROBABILITIES),
          TensorInfo.named(session.outputs(), CausalEdit.LIKELIEST));
    }

    @Override
    public int mostAsked() {
      return Integer.MAX_VALUE;
    }

    @Override
    public Answers bind(OnnxRun run, AskedTokens asked) {
      int count = asked.count();
      ByteBuffer what = run.input(targets, count, 1);
      for (int i = 0; i < count; i++) {
        what.putLong(i * Long.BYTES, asked.targets()[i]);
      }
      // Both are bound in every run: what was bound before has another size.
      ByteBuffer best = run.output(likeliest, count);
      ByteBuffer found = run.output(logProbabilities, count, 1);
      return new Answers() {
        @Override
        public float[] logProbabilities() {
          float[] all = new float[count];
          logProbabilities.type().floats(found, count, all, 0);
          return all;
        }

        @Override
        public int[] likeliest() {
          int[] all = new int[count];
          for (int i = 0; i < count; i++) {
            all[i] = (int) best.getLong(i * Long.BYTES);
          }
          return all;
        }
      };
    }
  }

  /** The logits of the whole vocabulary, of which the host takes what it needs. */
  final class Logits implements CausalHead {
    /** Numbers that a run of several rows fetches, at 4 bytes each. */
    private static final int MOST_NUMBERS = 1 << 26;

    private final TensorInfo logits;

    /** 0 until a run has shown it. */
    private volatile int vocabulary;

    Logits(TensorInfo logits) {
      this.logits = logits;
      boolean declared = logits.shape().size() == 2 && logits.shape().get(1) > 0;
      this.vocabulary = declared ? Math.toIntExact(logits.shape().get(1)) : 0;
    }

    /** The output. */
    TensorInfo output() {
      return logits;
    }

    /** Tokens of the vocabulary, once a run was bound. */
    int vocabulary() {
      return vocabulary;
    }

    @Override
    public int mostAsked() {
      return MOST_NUMBERS / Math.max(1, vocabulary);
    }

    @Override
    public Answers bind(OnnxRun run, AskedTokens asked) {
      if (vocabulary == 0) {
        vocabulary = Math.toIntExact(run.shapeOf(logits)[1]);
      }
      ByteBuffer found = run.output(logits, asked.count(), vocabulary);
      return new Answers() {
        @Override
        public float[] logProbabilities() {
          float[] all = new float[asked.count()];
          for (int i = 0; i < all.length; i++) {
            float[] row = row(found, i);
            all[i] = (float) (row[asked.targets()[i]] - logSumExp(row));
          }
          return all;
        }

        @Override
        public int[] likeliest() {
          int[] all = new int[asked.count()];
          for (int i = 0; i < all.length; i++) {
            all[i] = largest(row(found, i));
          }
          return all;
        }
      };
    }

    private float[] row(ByteBuffer found, int place) {
      int bytes = vocabulary * logits.type().bytes();
      float[] row = new float[vocabulary];
      ByteBuffer own = found.slice(place * bytes, bytes).order(ByteOrder.nativeOrder());
      logits.type().floats(own, vocabulary, row, 0);
      return row;
    }

    private static int largest(float[] row) {
      int best = 0;
      for (int t = 1; t < row.length; t++) {
        best = row[t] > row[best] ? t : best;
      }
      return best;
    }

    private static double logSumExp(float[] row) {
      double most = row[largest(row)];
      double sum = 0;
      for (float logit : row) {
        sum += Math.exp(logit - most);
      }
      return most + Math.log(sum);
    }
  }
}
