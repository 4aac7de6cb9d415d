package dev.ablate.lens.text;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Scores;
import dev.ablate.backend.Tokens;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentRows.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Answers to a prompt. A pass runs every row with what stands before the last token of an answer;
 * answers that share that share a pass.
 */
final class ResidentAnswers implements ResidentMeasure {
  /** Rows whose log-probabilities are kept between the passes. */
  private static final int BLOCK = 1 << 14;

  private final Backend backend;
  private final Layout layout;
  private final Scores.AnswerValue value;
  private final int shared;
  private final int empty;

  /** The first token of each answer among those of all, and the end of the last. */
  private final int[] starts;

  private final List<Pass> passes = new ArrayList<>();

  /** Of a block of rows, while there are several passes. */
  private Buffer logs;

  /**
   * Answers whose tokens are asked about together.
   *
   * @param tail tokens behind every row
   * @param offsets I32, for each token that is asked about its place in its answer
   * @param tokens I32, those tokens
   * @param count how many
   * @param column the first of them among the tokens of all answers
   */
  private record Pass(int[] tail, Buffer offsets, Buffer tokens, int count, int column) {}

  /**
   * Asks about answers.
   *
   * @param shared how many tokens at the front of the prompt the network computes once
   * @param empty what stands where nothing is left of the prompt; -1 if something always is
   */
  ResidentAnswers(
      Backend backend, Layout layout, Asked asked, List<Answer> answers, int shared, int empty) {
    this.backend = backend;
    this.layout = layout;
    this.value = Scores.AnswerValue.valueOf(asked.name());
    this.shared = shared;
    this.empty = empty;
    this.starts = new int[answers.size() + 1];
    for (int a = 0; a < answers.size(); a++) {
      starts[a + 1] = starts[a] + answers.get(a).ids().length;
    }
    for (int from = 0; from < answers.size(); ) {
      int[] tail = tail(answers.get(from));
      int to = from + 1;
      while (to < answers.size() && Arrays.equals(tail, tail(answers.get(to)))) {
        to++;
      }
      passes.add(pass(tail, answers.subList(from, to), starts[from]));
      from = to;
    }
  }

  private int[] tail(Answer answer) {
    int[] ids = answer.ids();
    return layout.whole() ? ids : Arrays.copyOf(ids, ids.length - 1);
  }

  private Pass pass(int[] tail, List<Answer> answers, int column) {
    int count = answers.stream().mapToInt(answer -> answer.ids().length).sum();
    int[] offsets = new int[count];
    int[] tokens = new int[count];
    int at = 0;
    for (Answer answer : answers) {
      for (int t = 0; t < answer.ids().length; t++) {
        offsets[at] = t;
        tokens[at++] = answer.ids()[t];
      }
    }
    return new Pass(
        tail,
        backend.upload(HostBuffer.of(offsets)),
        backend.upload(HostBuffer.of(tokens)),
        count,
        column);
  }

  @Override
  public int shared() {
    return shared;
  }

  @Override
  public int empty() {
    return empty;
  }

  @Override
  public int[][] tails() {
    return passes.stream().map(Pass::tail).toArray(int[][]::new);
  }

  @Override
  public int block() {
    return passes.size() == 1 ? Integer.MAX_VALUE : BLOCK;
  }

  @Override
  public int asked(int pass, int width) {
    return passes.get(pass).count;
  }

  @Override
  public void ask(int pass, Tokens.Distinct rows, Part part) {
    Pass asked = passes.get(pass);
    backend
        .tokens()
        .ask(
            rows,
            part.first(),
            part.count(),
            asked.offsets,
            asked.tokens,
            part.batch().width(),
            part.at(),
            part.slot().places(),
            part.slot().targets(),
            part.from());
  }

  @Override
  public void take(int pass, Tokens.Distinct rows, Part part, Scores.Into into) {
    if (passes.size() == 1) {
      try (Buffer own = backend.zeros(Element.F64, (long) part.count() * tokens())) {
        find(pass, part, own, 0);
        backend.scores().answers(own, 0, part.count(), starts, value, into);
      }
      return;
    }
    if (logs == null) {
      logs = backend.zeros(Element.F64, (long) Math.min(BLOCK, rows.count()) * tokens());
    }
    int row = part.first() % BLOCK;
    find(pass, part, logs, row);
    if (pass == passes.size() - 1) {
      backend.scores().answers(logs, row, part.count(), starts, value, into);
    }
  }

  private int tokens() {
    return starts[starts.length - 1];
  }

  private void find(int pass, Part part, Buffer to, int row) {
    Pass asked = passes.get(pass);
    Scores.Given given =
        new Scores.Given(
            part.slot().scores(),
            layout.number(),
            part.from(),
            part.count() * asked.count,
            1,
            layout.count());
    backend
        .scores()
        .logProbabilities(
            given,
            part.slot().targets(),
            part.from(),
            to,
            (long) row * tokens() + asked.column,
            asked.count,
            tokens());
  }

  @Override
  public void close() {
    passes.forEach(
        pass -> {
          pass.offsets.close();
          pass.tokens.close();
        });
    if (logs != null) {
      logs.close();
    }
  }
}
