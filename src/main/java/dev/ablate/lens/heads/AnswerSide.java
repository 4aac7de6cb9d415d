package dev.ablate.lens.heads;

import dev.ablate.lens.text.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A prompt under a language model.
 *
 * @param title the beginning of the prompt
 * @param ids its tokens
 * @param answer what the model may say
 * @param against what it may say in its place; null where nobody asks
 * @param value what is asked of them
 */
record AnswerSide(String title, int[] ids, Answer answer, Answer against, HeadValue value)
    implements Side {
  @Override
  public String target() {
    return answer.text();
  }

  private List<Answer> answers() {
    return against == null ? List.of(answer) : List.of(answer, against);
  }

  @Override
  public List<int[]> rows() {
    List<int[]> rows = new ArrayList<>();
    for (Answer each : answers()) {
      int[] row = Arrays.copyOf(ids, ids.length + each.ids().length);
      System.arraycopy(each.ids(), 0, row, ids.length, each.ids().length);
      rows.add(row);
    }
    return rows;
  }

  @Override
  public int[] asked() {
    return answers().stream().mapToInt(each -> each.ids().length).toArray();
  }

  @Override
  public boolean asksLikeliest() {
    return value == HeadValue.ACCURACY && against == null;
  }

  @Override
  public double value(float[][] given) {
    double own = sum(given[0]);
    return switch (value) {
      case LOG_ODDS -> own - sum(given[1]);
      case LOG_PROBABILITY -> own / given[0].length;
      case LOSS -> -own / given[0].length;
      case ACCURACY -> isRight(given) ? 1 : 0;
      case LOGIT -> throw new IllegalStateException("answers have no logit");
    };
  }

  /** Whether all tokens are the likeliest, or together likelier than those of the other answer. */
  private boolean isRight(float[][] given) {
    double own = sum(given[0]);
    return against == null ? own == given[0].length : own > sum(given[1]);
  }

  private static double sum(float[] logs) {
    double sum = 0;
    for (float log : logs) {
      sum += log;
    }
    return sum;
  }

  @Override
  public String content() {
    return Arrays.toString(ids)
        + answer.tokens()
        + (against == null ? "" : against.tokens().toString());
  }
}
