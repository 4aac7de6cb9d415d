package dev.ablate.run;

import dev.ablate.backend.Backend;
import dev.ablate.backend.HostBuffer;
import dev.ablate.code.InputException;
import dev.ablate.game.Evaluation;
import dev.ablate.game.Game;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.mask.DistinctMasks;
import dev.ablate.mask.Masks;
import dev.ablate.run.journal.Journal;
import dev.ablate.run.journal.KnownValues;
import dev.ablate.work.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Evaluates masks with a game, equal masks once, and checks what comes back. */
final class Evaluator {
  private final Game game;
  private final Backend backend;
  private final Progress progress;
  private final Journal journal;
  private final KnownValues known;
  private long evaluated;
  private boolean begun;
  // Rows of the journal as it was found: how many, and which were asked for.
  private final int journalled;
  private final BitSet recalled = new BitSet();
  private final Consumer<Evaluation> kept;
  // Without a memory: the rows that have finite values, once others turned out to have none.
  private Evaluation sound;
  // What the fit is made of, once it is evaluated.
  private Evaluation whole;

  private Evaluator(
      Game game,
      Backend backend,
      Progress progress,
      Journal journal,
      KnownValues known,
      Consumer<Evaluation> kept) {
    this.game = game;
    this.backend = backend;
    this.progress = progress;
    this.journal = journal;
    this.known = known;
    this.journalled = journal == null ? 0 : known.count();
    this.kept = kept;
  }

  /**
   * An evaluator that is asked once and remembers nothing.
   *
   * @param kept is told what is evaluated, so that no later failure loses it
   */
  static Evaluator once(Game game, Backend backend, Progress progress, Consumer<Evaluation> kept) {
    return new Evaluator(game, backend, progress, null, null, kept);
  }

  /**
   * An evaluator that remembers every value, on the host, and evaluates no mask twice.
   *
   * @param journal where the values are kept, or null
   * @param kept is told what is evaluated where there is no journal
   */
  static Evaluator remembering(
      Game game, Backend backend, Progress progress, Journal journal, Consumer<Evaluation> kept) {
    KnownValues known =
        journal == null ? new KnownValues(game.features(), game.outputs()) : journal.known();
    return new Evaluator(game, backend, progress, journal, known, kept);
  }

  /** Hands on what was evaluated; what lies on a device waits for {@link #rescue}. */
  void keep(Evaluation evaluation) {
    whole = evaluation;
    if (journal == null && evaluation.onHost()) {
      kept.accept(evaluation);
    }
  }

  /** Hands on what lies on a device, where the device still gives it. */
  void rescue(Evaluation evaluation, Throwable failure) {
    if (!evaluation.onHost()) {
      try {
        evaluation.toHost();
        kept.accept(evaluation);
      } catch (RuntimeException | Error e) {
        failure.addSuppressed(e);
      }
    }
  }

  /** How many of some masks were fitted; null where those live on a device. */
  Integer fitted(Masks some) {
    return whole.onHost() ? (Integer) some.among(whole.fitted().masks()) : null;
  }

  /** Outputs of the game. */
  int outputs() {
    return game.outputs();
  }

  /** Whether a journal keeps the values. */
  boolean hasJournal() {
    return journal != null;
  }

  /**
   * Masks that the game evaluated; repeats are not counted but for a game that works on a device.
   */
  long evaluated() {
    return evaluated;
  }

  /** How far values of the same mask would lie apart, of so many that are fitted. */
  PureError noise(int masks) {
    return game.noise() > 0
        ? PureError.ofNoise(game.noise(), masks, game.outputs())
        : PureError.none(game.outputs());
  }

  /** Before the first mask that is asked for. */
  private void begin() {
    if (!begun) {
      game.begin(journalled > 0, progress);
      begun = true;
    }
  }

  /** Different masks whose values the journal had from earlier runs. */
  long recalled() {
    return recalled.cardinality();
  }

  /**
   * The values of several tables of masks, in one batch. Without a memory a game that works on the
   * backend's device gets its masks there and leaves its values there; it evaluates repeated masks
   * again, which costs it less than to find them.
   *
   * @return values for each table, in the memory of the backend for such a game, or on the host
   * @throws InputException if a value is NaN or infinite; the message names the mask
   */
  List<Values> evaluate(Masks... tables) {
    return evaluate(kept, tables);
  }

  /**
   * The values of masks that are asked for after the fit. They are kept beside what was fitted.
   *
   * @param masks different masks on the host
   * @return on the host
   * @throws InputException if a value is NaN or infinite; what was fitted stays kept
   */
  Values again(Masks masks) {
    try (Values values = evaluate(part -> keepBeside(part.fitted()), masks).get(0)) {
      Values here = values.range(0, values.count());
      keepBeside(new Evaluation.Rows(masks, here));
      return here;
    }
  }

  /**
   * The values of masks beside those that are kept so far, none of which may be among them.
   *
   * @param masks different masks on the host
   * @throws InputException if a value is NaN or infinite; what was kept stays so
   */
  Values more(Masks masks) {
    return evaluate(part -> kept.accept(whole.with(part.fitted())), masks).get(0);
  }

  private void keepBeside(Evaluation.Rows verified) {
    keep(whole.withVerified(verified));
  }

  private List<Values> evaluate(Consumer<Evaluation> partly, Masks... tables) {
    // It has a progress of its own.
    return Work.part(null, 0, () -> evaluated(partly, tables));
  }

  private List<Values> evaluated(Consumer<Evaluation> partly, Masks... tables) {
    if (known == null && isResident()) {
      return onDevice(tables);
    }
    Masks all = Masks.concat(tables);
    try {
      return apart(known == null ? evaluateOnce(all) : recall(all), tables);
    } catch (RuntimeException | Error e) {
      if (journal == null) {
        keepPart(all, partly, e);
      }
      throw e;
    }
  }

  /** Whether the game works in the memory of a device. */
  private boolean isResident() {
    return !backend.name().equals("host") && game.accepts(backend);
  }

  /** Hands on what an evaluation that broke off has: what is known, and what came back sound. */
  private void keepPart(Masks asked, Consumer<Evaluation> partly, Throwable failure) {
    // What was told to end still looks through what it has.
    boolean interrupted = Thread.interrupted();
    try {
      Evaluation part = known == null ? sound : known(DistinctMasks.of(asked).masks());
      if (part != null && part.masks() > 0) {
        partly.accept(part);
      }
    } catch (RuntimeException | Error e) {
      failure.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Evaluation known(Masks once) {
    long[] keys = KnownValues.keys(once);
    int words = KnownValues.keyWords(once.features());
    int[] rows =
        IntStream.range(0, once.count()).filter(r -> known.find(keys, r * words) >= 0).toArray();
    return Evaluation.part(once.select(rows), recalled(keys, words, rows));
  }

  /** The values of masks that are known, by their rows. */
  private Values recalled(long[] keys, int words, int[] rows) {
    double[] values = new double[Math.multiplyExact(rows.length, game.outputs())];
    for (int r = 0; r < rows.length; r++) {
      known.copy(known.find(keys, rows[r] * words), values, r * game.outputs());
    }
    return new Values(HostBuffer.of(values), rows.length, game.outputs());
  }

  private List<Values> onDevice(Masks... tables) {
    for (Masks masks : tables) {
      evaluated += masks.count();
    }
    progress.expect(evaluated);
    begin();
    List<Values> values = new ArrayList<>();
    for (Masks masks : tables) {
      if (masks.count() == 0) {
        values.add(Values.zeros(0, game.outputs()));
        continue;
      }
      Masks there = masks.on(backend);
      values.add(GameCheck.requireShape(game, there, game.evaluate(there, backend, progress)));
      if (there != masks) {
        there.close();
      }
    }
    return values;
  }

  private static List<Values> apart(Values all, Masks... tables) {
    List<Values> values = new ArrayList<>();
    int from = 0;
    for (Masks masks : tables) {
      values.add(all.range(from, from + masks.count()));
      from += masks.count();
    }
    return values;
  }

  private Values evaluateOnce(Masks masks) {
    DistinctMasks distinct = DistinctMasks.of(masks);
    Masks once = distinct.masks();
    progress.expect(evaluated + once.count());
    Values values = ask(once);
    return once == masks ? values : values.select(distinct.position());
  }

  /**
   * Looks up what is known and evaluates the rest, in pieces unless the game tells rows. On a
   * device it is one piece too, whose values come in blocks: there they depend on the memory that
   * is free anyway. The last bits of a network's values depend on what else is in a batch, so the
   * pieces are the same with a journal and without one, and, because a journal holds whole pieces,
   * after a kill too.
   */
  private Values recall(Masks masks) {
    DistinctMasks distinct = DistinctMasks.of(masks);
    Masks once = distinct.masks();
    long[] keys = KnownValues.keys(once);
    int words = KnownValues.keyWords(once.features());
    int[] missing =
        IntStream.range(0, once.count()).filter(r -> known.find(keys, r * words) < 0).toArray();
    IntStream.range(0, once.count())
        .map(r -> known.find(keys, r * words))
        .filter(row -> row >= 0 && row < journalled)
        .forEach(recalled::set);
    if (missing.length > 0) {
      progress.expect(evaluated + missing.length);
    }
    boolean whole = game.tellsRows() || isResident();
    int most = whole ? Math.max(1, missing.length) : Journal.MOST_AT_ONCE;
    for (int from = 0; from < missing.length; from += most) {
      int to = Math.min(missing.length, from + most);
      askAndRemember(once.select(Arrays.copyOfRange(missing, from, to)));
    }
    if (journal != null) {
      journal.force();
    }
    Values all = recalled(keys, words, IntStream.range(0, once.count()).toArray());
    return once == masks ? all : all.select(distinct.position());
  }

  /** Evaluates masks; each is remembered once the game tells it, the others at the end. */
  private void askAndRemember(Masks masks) {
    begin();
    Values values = room(masks);
    ToldRows told = new ToldRows(progress, rows -> keepSound(masks, values, rows));
    if (isResident()) {
      game.evaluate(masks, values, backend, told);
    } else {
      game.evaluate(masks, values, told);
    }
    keepSound(masks, values, told.others(masks.count()));
    evaluated += masks.count();
  }

  /** Remembers those of some rows that have finite values, and refuses the first that has none. */
  private void keepSound(Masks masks, Values values, int[] rows) {
    int[] finite = FiniteValues.rows(values, rows);
    for (int from = 0; from < finite.length; from += Journal.MOST_AT_ONCE) {
      int to = Math.min(finite.length, from + Journal.MOST_AT_ONCE);
      remember(masks, values, Arrays.copyOfRange(finite, from, to));
    }
    if (finite.length < rows.length) {
      FiniteValues.require(game, masks, values, rows);
    }
  }

  private void remember(Masks masks, Values values, int[] rows) {
    Masks some = masks.select(rows);
    long[] keys = KnownValues.keys(some);
    double[] numbers = values.select(rows).hostDoubles();
    if (journal != null) {
      journal.append(keys, numbers, rows.length);
      return;
    }
    int words = KnownValues.keyWords(some.features());
    for (int r = 0; r < rows.length; r++) {
      known.add(keys, r * words, numbers, r * game.outputs());
    }
  }

  private Values ask(Masks masks) {
    begin();
    Values values = room(masks);
    game.evaluate(masks, values, progress);
    int[] all = IntStream.range(0, masks.count()).toArray();
    int[] rows = FiniteValues.rows(values, all);
    if (rows.length < all.length) {
      sound = Evaluation.part(masks.select(rows), values.select(rows));
      FiniteValues.require(game, masks, values, all);
    }
    evaluated += masks.count();
    return values;
  }

  private Values room(Masks masks) {
    GameCheck.requireRoom(game, masks.count());
    return Values.zeros(masks.count(), game.outputs());
  }
}
