package dev.ablate.lens.text;

/** What becomes of the log-probabilities of an answer's tokens. */
enum Asked {
  /** Their mean. */
  MEAN("answer"),
  /** Their sum. */
  SUM("answer-sum"),
  /** The exponential of their sum. */
  PROBABILITY("answer-probability"),
  /** Each is an output. */
  TOKENS("answer-token"),
  /** The exponential of each is an output. */
  TOKEN_PROBABILITIES("answer-token-probability"),
  /** The sum less that of another answer. */
  LOG_ODDS("answer-log-odds");

  private final String value;

  Asked(String value) {
    this.value = value;
  }

  /** The kind of value, for people and journals. */
  String value() {
    return value;
  }

  /** Whether every token is an output. */
  boolean isOfTokens() {
    return this == TOKENS || this == TOKEN_PROBABILITIES;
  }

  /** What becomes of one token's log-probability, where every token is an output. */
  double ofToken(double log) {
    return this == TOKENS ? log : Math.exp(log);
  }

  /**
   * What becomes of an answer, where it is one output.
   *
   * @param sum of the log-probabilities of its tokens
   * @param tokens how many they are
   * @param against the sum of those of the answer that odds are against
   */
  double ofAnswer(double sum, int tokens, double against) {
    return switch (this) {
      case MEAN -> sum / tokens;
      case PROBABILITY -> Math.exp(sum);
      case LOG_ODDS -> sum - against;
      default -> sum;
    };
  }
}
