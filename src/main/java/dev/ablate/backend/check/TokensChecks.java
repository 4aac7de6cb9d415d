package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/** Rows of tokens, token by token. */
final class TokensChecks {
  private static final int MASKS = 400;
  private static final int FEATURES = 70;
  private static final int TOKENS = 90;
  private static final int EMPTY = 3;
  private static final int FILLER = 8;
  private static final long[] KEPT = masks();

  private TokensChecks() {}

  static List<Check> all() {
    return List.of(
        new Check("tokens.distinct", "definition", 0, TokensChecks::distinct),
        new Check("tokens.fill", "definition", 0, TokensChecks::fill),
        new Check("tokens.ask", "definition", 0, TokensChecks::ask));
  }

  /** Some of them leave nothing, and some keep so little that rows are alike. */
  private static long[] masks() {
    long[] masks = Inputs.masks(MASKS, FEATURES, 91);
    for (int m = 0; m < MASKS; m += 3) {
      masks[2 * m] = 0;
      masks[2 * m + 1] &= m;
    }
    return masks;
  }

  /** Every third feature leaves one token when it is hidden, the others none. */
  private static Tokens.Text text() {
    int[] owners = IntStream.range(0, TOKENS).map(t -> t * 7 % FEATURES).toArray();
    int[] starts = new int[TOKENS + 1];
    for (int t = 0; t < TOKENS; t++) {
      starts[t + 1] = starts[t] + substitutes(t);
    }
    int[] substitutes = new int[starts[TOKENS]];
    Arrays.fill(substitutes, 2);
    int[] ids = IntStream.range(0, TOKENS).map(TokensChecks::id).toArray();
    return new Tokens.Text(
        HostBuffer.of(ids),
        HostBuffer.of(owners),
        HostBuffer.of(starts),
        HostBuffer.of(substitutes),
        FEATURES,
        TOKENS,
        EMPTY);
  }

  private static int id(int token) {
    return 10 + token % 4;
  }

  private static int substitutes(int token) {
    return token * 7 % FEATURES % 3 == 0 && token > TOKENS / 2 ? 1 : 0;
  }

  private static List<Integer> row(int mask) {
    List<Integer> row = new ArrayList<>();
    for (int t = 0; t < TOKENS; t++) {
      if (Inputs.kept(KEPT, 2, mask, t * 7 % FEATURES)) {
        row.add(id(t));
      } else if (substitutes(t) == 1) {
        row.add(2);
      }
    }
    return row.isEmpty() ? List.of(EMPTY) : row;
  }

  /** How many masks have another row than theirs, and how many rows are too many. */
  private static double distinct(Backend backend) {
    try (Tokens.Distinct found = of(backend)) {
      int[] firsts = found.firsts().toHost().ints();
      int[] lengths = found.lengths().toHost().ints();
      int[] rowOf = found.rowOf().toHost().ints();
      List<List<Integer>> rows = IntStream.range(0, MASKS).mapToObj(TokensChecks::row).toList();
      int wrong = Math.abs(new HashSet<>(rows).size() - found.count());
      for (int m = 0; m < MASKS; m++) {
        boolean same = rows.get(m).equals(rows.get(firsts[rowOf[m]]));
        wrong += same && rows.get(m).size() == lengths[rowOf[m]] ? 0 : 1;
      }
      for (int n = 0; n <= TOKENS; n++) {
        int length = n;
        long masks = rows.stream().filter(row -> row.size() == length).count();
        long different = Arrays.stream(lengths).filter(l -> l == length).count();
        wrong += masks == found.masksOfLength()[n] ? 0 : 1;
        wrong += different == found.rowsOfLength()[n] ? 0 : 1;
      }
      return wrong;
    }
  }

  private static Tokens.Distinct of(Backend backend) {
    return backend.tokens().distinct(text(), HostBuffer.of(KEPT), MASKS);
  }

  private static int[] lengths(Tokens.Distinct distinct) {
    return Arrays.stream(distinct.firsts().toHost().ints()).map(m -> row(m).size()).toArray();
  }

  /** All rows with two tokens behind each, in 64 bits. */
  private static double fill(Backend backend) {
    int width = TOKENS + 2;
    try (Tokens.Distinct distinct = of(backend);
        Buffer ids = backend.zeros(Buffer.Element.U64, (long) distinct.count() * width);
        Buffer seen = backend.zeros(Buffer.Element.U64, (long) distinct.count() * width)) {
      Tokens.Batch batch = new Tokens.Batch(ids, seen, null, width, 0, FILLER);
      Buffer tail = HostBuffer.of(new int[] {20, 21});
      int rows = distinct.count();
      backend.tokens().fill(text(), HostBuffer.of(KEPT), distinct, 0, rows, tail, batch, 0, rows);
      int[] firsts = distinct.firsts().toHost().ints();
      long[] expected = new long[rows * width];
      long[] expectedSeen = new long[rows * width];
      Arrays.fill(expected, FILLER);
      for (int r = 0; r < rows; r++) {
        List<Integer> row = new ArrayList<>(row(firsts[r]));
        row.addAll(List.of(20, 21));
        for (int t = 0; t < row.size(); t++) {
          expected[r * width + t] = row.get(t);
          expectedSeen[r * width + t] = 1;
        }
      }
      return Inputs.differences(expected, ids.toHost().words())
          + Inputs.differences(expectedSeen, seen.toHost().words());
    }
  }

  private static double ask(Backend backend) {
    int width = TOKENS + 2;
    try (Tokens.Distinct distinct = of(backend);
        Buffer places = backend.zeros(Buffer.Element.U64, 2L * distinct.count());
        Buffer targets = backend.zeros(Buffer.Element.U64, 2L * distinct.count())) {
      int rows = distinct.count();
      Buffer offsets = HostBuffer.of(new int[] {0, 1});
      Buffer asked = HostBuffer.of(new int[] {20, 21});
      backend.tokens().ask(distinct, 0, rows, offsets, asked, width, 0, places, targets, 0);
      int[] lengths = lengths(distinct);
      long[] expectedPlaces = new long[2 * rows];
      long[] expectedTargets = new long[2 * rows];
      for (int i = 0; i < 2 * rows; i++) {
        expectedPlaces[i] = (long) i / 2 * width + lengths[i / 2] - 1 + i % 2;
        expectedTargets[i] = 20 + i % 2;
      }
      return Inputs.differences(expectedPlaces, places.toHost().words())
          + Inputs.differences(expectedTargets, targets.toHost().words());
    }
  }
}
