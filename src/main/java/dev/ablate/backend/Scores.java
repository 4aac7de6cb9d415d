package dev.ablate.backend;

/**
 * From what a network gives to values. Numbers of any width become doubles, and sums are sums of
 * doubles. A row that has no finite value is noted and does not stop the others.
 */
public interface Scores {
  /** What a network's numbers are. */
  enum Number {
    /** IEEE single. */
    F32(4),
    /** IEEE half. */
    F16(2),
    /** The upper half of a single. */
    BF16(2),
    /** IEEE double. */
    F64(8);

    private final int bytes;

    Number(int bytes) {
      this.bytes = bytes;
    }

    /** Bytes a number. */
    public int bytes() {
      return bytes;
    }
  }

  /**
   * What a network gave for a batch.
   *
   * @param memory U8, the numbers one behind another in native order, {@code (any, positions,
   *     count)}
   * @param number what each is
   * @param row the first row that is looked at
   * @param rows how many of them
   * @param positions places of a row, 1 where a row has one vector
   * @param count numbers a place
   */
  record Given(Buffer memory, Number number, int row, int rows, int positions, int count) {}

  /**
   * Where values go.
   *
   * @param values F64 {@code (any, outputs) row-major}, in the memory of this backend
   * @param outputs numbers a row
   * @param first the row of the first
   * @param bad I32 {@code (1)} in the memory of this backend: becomes the least of what it is and
   *     of the rows of {@code values} that have a value, or were made of a number, that is not
   *     finite
   */
  record Into(Buffer values, int outputs, int first, Buffer bad) {}

  /** What is asked of a label. */
  enum LabelValue {
    /** Its logit. */
    LOGIT,
    /** Its logit less the logarithm of the sum of the exponentials of the others. */
    LOG_ODDS,
    /** The sigmoid of its log-odds. */
    PROBABILITY
  }

  /**
   * Values of labels: {@code z_c}, {@code z_c - log sum_{k != c} exp z_k}, or the probability.
   *
   * @param given logits, one position a row, a number for each label
   * @param exclusive whether the labels exclude each other; else the log-odds of each are its
   *     logit, as they are of a single label
   * @param targets I32 {@code (outputs)} which labels
   */
  void labels(Given given, LabelValue value, boolean exclusive, Buffer targets, Into into);

  /**
   * Natural logarithms of the probabilities of tokens, {@code z_t - log sum_k exp z_k}: one pass
   * over the vocabulary; not a number for a token that the vocabulary lacks.
   *
   * @param given logits, one position a row, a number for each token of the vocabulary
   * @param targets U64 (int64) {@code (any)} which tokens
   * @param target the first of them, the one of the first row
   * @param logs F64, in the memory of this backend
   * @param at where the first goes
   * @param each how many stand side by side: number {@code i} goes to {@code at + (i / each) stride
   *     + i mod each}
   * @param stride from the first of so many to the first of the next
   */
  void logProbabilities(
      Given given, Buffer targets, long target, Buffer logs, long at, int each, int stride);

  /** What becomes of the log-probabilities of an answer's tokens. */
  enum AnswerValue {
    /** Their mean. */
    MEAN,
    /** Their sum. */
    SUM,
    /** The exponential of their sum. */
    PROBABILITY,
    /** Their sum less that of the last answer, which is no output. */
    LOG_ODDS,
    /** Each is an output. */
    TOKENS,
    /** The exponential of each is an output. */
    TOKEN_PROBABILITIES
  }

  /**
   * Values of answers.
   *
   * @param logs F64 {@code (rows, tokens of all answers)}, the log-probabilities of their tokens
   * @param row the first of the rows
   * @param rows how many rows
   * @param starts {@code (answers + 1)} the first token of each answer, and the end of the last
   * @param into has an output for each answer, without the last under {@link AnswerValue#LOG_ODDS},
   *     or for each token
   */
  void answers(Buffer logs, int row, int rows, int[] starts, AnswerValue value, Into into);

  /**
   * How surprising texts are: exp of minus the mean of the log-probabilities of all tokens but the
   * first; 1 for a text of one token.
   *
   * @param logs F64 {@code (rows, width - 1)}; those behind a text's last token are not looked at
   * @param width positions a row
   * @param lengths I32 {@code (any)} tokens of each text
   * @param length the first of them, the one of the first row
   * @param into has one output
   */
  void perplexities(Buffer logs, int rows, int width, Buffer lengths, int length, Into into);

  /** How the vector of a text is made of those of its tokens. */
  enum Pool {
    /** The mean. */
    MEAN,
    /** That of the first. */
    FIRST,
    /** That of the last. */
    LAST,
    /** The largest number of the tokens, one by one. */
    MAX
  }

  /**
   * Cosines of the angles between the vectors of texts and others; 0 for a vector of zeros, not a
   * number where a text has no token.
   *
   * @param given vectors of tokens, or of texts where it has one position
   * @param pool how a text's vector is made of them
   * @param lengths I32 {@code (any)} tokens of each text; what stands behind them is not looked at,
   *     and a text of more than the positions has so many vectors as there are positions
   * @param length the first of them, the one of the first row
   * @param references F64 {@code (outputs, count) row-major}, vectors of length 1
   */
  void similarities(
      Given given, Pool pool, Buffer lengths, int length, Buffer references, Into into);
}
