package dev.ablate.model.onnx;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Rows whose last tokens are asked about, as they run. Nothing is asked behind the last token, so
 * that it need not run; rows that are alike but for it, such as a text with answers of one token,
 * run once.
 */
final class AskedRows {
  private final List<int[]> rows;
  private final int[] asked;
  private final List<int[]> running = new ArrayList<>();

  /** For each row that runs, the rows that are asked about of it. */
  private final List<List<Integer>> askers = new ArrayList<>();

  /**
   * Finds what must run.
   *
   * @param rows each has a token before those that are asked about
   * @param asked how many tokens at the end of each row
   * @param whole whether a row must run with its last token, which then decides what it gets
   */
  AskedRows(List<int[]> rows, int[] asked, boolean whole) {
    this(rows, asked, whole, row -> "");
  }

  /**
   * The same where tokens do not decide alone what a row gets.
   *
   * @param states what else decides, for each row
   */
  AskedRows(List<int[]> rows, int[] asked, boolean whole, IntFunction<?> states) {
    this.rows = rows;
    this.asked = asked;
    Map<List<Object>, Integer> known = new HashMap<>();
    for (int r = 0; r < rows.size(); r++) {
      int[] row = rows.get(r);
      int[] run = whole ? row : Arrays.copyOf(row, row.length - 1);
      int at =
          known.computeIfAbsent(List.of(IntBuffer.wrap(run), states.apply(r)), key -> known.size());
      if (at == running.size()) {
        running.add(run);
        askers.add(new ArrayList<>());
      }
      askers.get(at).add(r);
    }
  }

  /** The rows that run. */
  TokenRows running() {
    return TokenRows.of(running);
  }

  /** For each row that runs, the first of the rows that are asked about of it. */
  int[] sources() {
    return askers.stream().mapToInt(rows -> rows.get(0)).toArray();
  }

  /** Most places of a row that runs, which all who ask of it ask about. */
  int mostAsked() {
    return askers.stream()
        .mapToInt(of -> of.stream().mapToInt(row -> asked[row]).sum())
        .max()
        .orElse(0);
  }

  /** What is asked of a batch of those. */
  AskedTokens of(TokenBatch batch) {
    List<Integer> about = about(batch);
    int count = about.stream().mapToInt(row -> asked[row]).sum();
    AskedTokens all = new AskedTokens(new int[count], new int[count], new int[count]);
    int at = 0;
    for (int run = batch.first(); run < batch.end(); run++) {
      for (int r : askers.get(run)) {
        int[] row = rows.get(r);
        for (int t = row.length - asked[r]; t < row.length; t++) {
          all.rows()[at] = run - batch.first();
          all.positions()[at] = t - 1;
          all.targets()[at] = row[t];
          at++;
        }
      }
    }
    return all;
  }

  private List<Integer> about(TokenBatch batch) {
    return askers.subList(batch.first(), batch.end()).stream().flatMap(List::stream).toList();
  }

  /** Puts what was found in a batch, in the order of what was asked, where its rows are. */
  void put(TokenBatch batch, float[] found, float[][] to) {
    int at = 0;
    for (int r : about(batch)) {
      to[r] = Arrays.copyOfRange(found, at, at + asked[r]);
      at += asked[r];
    }
  }
}
