package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.DistinctNames;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.ResidentNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers to a prompt under a language model. The probability of an answer is the product of the
 * probabilities of its tokens, each given the prompt under a mask and the tokens before it.
 *
 * @param asked what becomes of those probabilities
 * @param model the language model
 * @param answers the answers, at least one
 * @param against what each answer's odds are against; null for none
 * @param shared what stays of the prompt under every mask
 */
record AnswerMeasure(
    Asked asked, LanguageModel model, List<Answer> answers, Answer against, SharedTokens shared)
    implements Measure {
  @Override
  public String value() {
    return asked.value();
  }

  @Override
  public List<String> outputs() {
    List<String> names = new ArrayList<>();
    for (Answer answer : answers) {
      if (asked.isOfTokens()) {
        names.addAll(answer.pieces());
      } else {
        names.add(answer.text());
      }
    }
    return DistinctNames.of(names);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put(Question.ANSWER.name(), answers.stream().map(Answer::text).toList());
    settings.put("answer_tokens", answers.stream().map(Answer::tokens).toList());
    if (against != null) {
      settings.put(Question.AGAINST.name(), against.text());
      settings.put("against_tokens", against.tokens());
    }
    return settings;
  }

  @Override
  public List<String> notes() {
    List<String> notes = new ArrayList<>(shared.notes());
    all().forEach(answer -> notes.addAll(answer.notes(model)));
    return notes;
  }

  @Override
  public int read(int tokens) {
    int behind = tokens - shared.ids().length;
    return all().stream().mapToInt(answer -> behind + answer.ids().length).sum();
  }

  /** Every answer that the model is asked about. */
  List<Answer> all() {
    List<Answer> all = new ArrayList<>(answers);
    if (against != null) {
      all.add(against);
    }
    return all;
  }

  @Override
  public ResidentNetwork network() {
    return model.scorer().resident();
  }

  /** The last shared token stays in the rows, so that the first behind it may be asked about. */
  @Override
  public ResidentMeasure resident() {
    ResidentNetwork network = network();
    int front = network.layout().takesPrefix() ? Math.max(0, shared.ids().length - 1) : 0;
    int empty = shared.begin().length == 0 ? -1 : shared.begin()[0];
    return new ResidentAnswers(network.backend(), network.layout(), asked, all(), front, empty);
  }

  @Override
  public double[][] of(int[][] rows) {
    List<Answer> all = all();
    int[][] asked = new int[rows.length * all.size()][];
    int[] counts = new int[asked.length];
    for (int r = 0; r < rows.length; r++) {
      int[] behind = shared.behindShared(rows[r]);
      for (int a = 0; a < all.size(); a++) {
        int[] ids = all.get(a).ids();
        int[] row = Arrays.copyOf(behind, behind.length + ids.length);
        System.arraycopy(ids, 0, row, behind.length, ids.length);
        asked[r * all.size() + a] = row;
        counts[r * all.size() + a] = ids.length;
      }
    }
    float[][] logs = model.scorer().logProbabilities(shared.ids(), asked, counts);
    double[][] values = new double[rows.length][];
    for (int r = 0; r < rows.length; r++) {
      values[r] = values(r, Arrays.copyOfRange(logs, r * all.size(), (r + 1) * all.size()));
    }
    return values;
  }

  /** The outputs of a row, of the log-probabilities of the tokens of all answers. */
  private double[] values(int row, float[][] logs) {
    double[] sums = new double[logs.length];
    for (int a = 0; a < logs.length; a++) {
      for (float log : logs[a]) {
        if (!Float.isFinite(log)) {
          throw new NotFinite(
              row, "gives a token of the answer " + shown(a) + " the log-probability " + log);
        }
        sums[a] += log;
      }
    }
    return asked.isOfTokens() ? ofTokens(logs) : ofAnswers(sums, logs);
  }

  private double[] ofTokens(float[][] logs) {
    double[] values = new double[Arrays.stream(logs).mapToInt(own -> own.length).sum()];
    int at = 0;
    for (float[] own : logs) {
      for (float log : own) {
        values[at++] = asked.ofToken(log);
      }
    }
    return values;
  }

  private double[] ofAnswers(double[] sums, float[][] logs) {
    double[] values = new double[answers.size()];
    for (int a = 0; a < values.length; a++) {
      values[a] = asked.ofAnswer(sums[a], logs[a].length, sums[sums.length - 1]);
    }
    return values;
  }

  private String shown(int answer) {
    return "\"" + Characters.line(all().get(answer).text()) + "\"";
  }
}
