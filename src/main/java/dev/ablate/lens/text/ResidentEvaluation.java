package dev.ablate.lens.text;

import dev.ablate.backend.Arrival;
import dev.ablate.backend.Backend;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Scores;
import dev.ablate.backend.Tokens;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import dev.ablate.model.ResidentRows;
import dev.ablate.model.ResidentRuns;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The rows of one table of masks, their values, and how far they are. All of it is in the memory of
 * a backend; the host knows lengths of rows, and values where somebody keeps them.
 */
final class ResidentEvaluation implements AutoCloseable {
  /** Batches whose values may be on their way: one is with the network, one is being taken. */
  private static final int UNDER_WAY = 2;

  private static final int[] NOTHING = {};

  private final Backend backend;
  private final ResidentRuns runs;
  private final ResidentMeasure measure;
  private final int[] prefix;
  private final Masks masks;
  private final Tokens.Text text;
  private final Tokens.Distinct rows;
  private final int[] lengths;
  private final Buffer values;
  private final Buffer bad;
  private final int outputs;
  private final ResidentListener listener;
  private final ResidentCounts counts;
  private final Deque<Runnable> owned = new ArrayDeque<>();
  private final Deque<Batch> underWay = new ArrayDeque<>();

  /** The values of rows on their way; without them where nobody hears them. */
  private record Batch(int first, int end, Arrival bad, Arrival values) {}

  /** That the value of a row is no finite number. */
  static final class BadRow extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int row;

    BadRow(int row) {
      super("row " + row + " has a value that is not finite", null, false, false);
      this.row = row;
    }

    int row() {
      return row;
    }
  }

  /**
   * Finds the rows that masks leave.
   *
   * @param masks in the memory of the backend
   * @param counts hears of texts and batches
   * @param out receives values on the host as they come; null to leave them where they are
   */
  ResidentEvaluation(
      ResidentRuns runs,
      ResidentMeasure measure,
      AblatedTokens tokens,
      ResidentCounts counts,
      Masks masks,
      int outputs,
      Values out,
      Progress progress) {
    this.backend = runs.network().backend();
    this.runs = runs;
    this.measure = measure;
    this.counts = counts;
    this.masks = masks;
    this.outputs = outputs;
    own(measure, ResidentMeasure::close);
    try {
      int[] front = Arrays.copyOf(tokens.ids(), measure.shared());
      this.prefix = runs.shares(front) ? front : NOTHING;
      this.text =
          own(
              tokens.on(backend, masks.features(), prefix.length, measure.empty()),
              Tokens.Text::close);
      this.rows =
          own(
              backend.tokens().distinct(text, masks.buffer(), masks.count()),
              Tokens.Distinct::close);
      this.lengths = lengths(rows.rowsOfLength(), rows.count());
      this.values = own(backend.zeros(Element.F64, (long) rows.count() * outputs), Buffer::close);
      this.bad = own(backend.upload(HostBuffer.of(new int[] {Integer.MAX_VALUE})), Buffer::close);
      this.listener =
          out == null
              ? ResidentListener.ofCounts(rows, progress)
              : ResidentListener.ofValues(rows, masks.count(), out, progress);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** What {@link #close} frees. */
  private <T> T own(T made, Consumer<T> close) {
    owned.addFirst(() -> close.accept(made));
    return made;
  }

  private static int[] lengths(int[] rowsOfLength, int count) {
    int[] lengths = new int[count];
    int at = 0;
    for (int length = 0; length < rowsOfLength.length; length++) {
      Arrays.fill(lengths, at, at += rowsOfLength[length], length);
    }
    return lengths;
  }

  /**
   * Runs all rows.
   *
   * @throws BadRow if a value is not finite; the others of its batch were told
   */
  void run() {
    counts.texts(rows.count());
    int block = Math.min(measure.block(), Math.max(1, rows.count()));
    int[][] tails = measure.tails();
    for (int from = 0; from < rows.count(); from += block) {
      int to = (int) Math.min(rows.count(), (long) from + block);
      for (int pass = 0; pass < tails.length; pass++) {
        try (Buffer tail = backend.upload(HostBuffer.of(tails[pass]))) {
          runs.run(new Range(from, to, pass, tails[pass].length, tail, pass == tails.length - 1));
        }
      }
    }
    while (!underWay.isEmpty()) {
      arrive();
    }
  }

  /** The values of all masks, in the memory of the backend. */
  Buffer ofMasks() {
    return backend.rows().gather(values, outputs, rows.rowOf());
  }

  /** A mask that leaves a row. */
  int maskOf(int row) {
    return backend.fetch(rows.firsts(), row, 1).await().ints()[0];
  }

  /** Some of the rows, in one pass. */
  private final class Range implements ResidentRows {
    private final int from;
    private final int to;
    private final int pass;
    private final int tailLength;
    private final Buffer tail;
    private final boolean last;

    Range(int from, int to, int pass, int tailLength, Buffer tail, boolean last) {
      this.from = from;
      this.to = to;
      this.pass = pass;
      this.tailLength = tailLength;
      this.tail = tail;
      this.last = last;
    }

    @Override
    public int count() {
      return to - from;
    }

    @Override
    public int length(int row) {
      return lengths[from + row] + tailLength;
    }

    @Override
    public int[] prefix() {
      return prefix;
    }

    @Override
    public int asked(int width) {
      return measure.asked(pass, width);
    }

    private long tokens(Part part) {
      return IntStream.range(part.first(), part.end()).mapToLong(this::length).sum();
    }

    /** The same part, with rows counted from the first of all. */
    private Part whole(Part part) {
      return new Part(
          part.slot(),
          part.batch(),
          from + part.first(),
          part.count(),
          part.at(),
          part.places(),
          part.from());
    }

    @Override
    public void fill(Part part) {
      Part whole = whole(part);
      backend
          .tokens()
          .fill(
              text,
              masks.buffer(),
              rows,
              whole.first(),
              whole.count(),
              tail,
              whole.batch(),
              whole.at(),
              whole.places());
      measure.ask(pass, rows, whole);
    }

    @Override
    public void take(Part part) {
      counts.batch(tokens(part), (long) part.places() * part.batch().width());
      Part whole = whole(part);
      measure.take(pass, rows, whole, new Scores.Into(values, outputs, whole.first(), bad));
      if (last) {
        send(whole.first(), whole.end());
      }
    }
  }

  private void send(int first, int end) {
    int count = (end - first) * outputs;
    Arrival sent =
        listener.wantsValues() ? backend.fetch(values, (long) first * outputs, count) : null;
    underWay.add(new Batch(first, end, backend.fetch(bad, 0, 1), sent));
    if (underWay.size() > UNDER_WAY) {
      arrive();
    }
  }

  private void arrive() {
    Batch batch = underWay.remove();
    int row = batch.bad.await().ints()[0];
    int sound = Math.min(batch.end, Math.max(batch.first, row));
    double[] numbers = batch.values == null ? null : batch.values.await().doubles();
    listener.arrived(batch.first, sound, numbers);
    if (row < batch.end) {
      throw new BadRow(row);
    }
  }

  /** Frees all but the masks. */
  @Override
  public void close() {
    owned.forEach(Runnable::run);
    owned.clear();
  }
}
