package dev.ablate.game;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A value function: for each mask one number, or several when it has several outputs. Must give the
 * same values for the same mask, but for what it says itself by {@link #noise}.
 */
public interface Game {
  /** Number of features. */
  int features();

  /** Numbers a mask. */
  default int outputs() {
    return 1;
  }

  /** Who this game is: what decides its values. A bare value function does not know. */
  default Subject subject() {
    return Subject.BARE;
  }

  /** A name for each feature, for people. */
  default List<String> featureNames() {
    return IntStream.range(0, features()).mapToObj(Integer::toString).toList();
  }

  /** What each output is, for people. */
  default List<String> outputNames() {
    return IntStream.range(0, outputs()).mapToObj(o -> "output " + o).toList();
  }

  /** Lines for people about how the values come about, recorded with every explanation. */
  default List<String> notes() {
    return List.of();
  }

  /**
   * Where the model behind the values runs and why, in one line, recorded with every explanation;
   * null where there is none, or nobody chose.
   */
  default String providerChoice() {
    return null;
  }

  /**
   * What evaluating came to so far: whole numbers by name, recorded with every explanation and no
   * part of who the game is.
   */
  default Map<String, Long> counts() {
    return Map.of();
  }

  /**
   * Evaluates a whole batch.
   *
   * @param masks {@code (masks, features)}
   * @param out receives {@code (masks, outputs)}
   */
  void evaluate(Masks masks, Values out);

  /**
   * Evaluates a whole batch and tells how far it is. A slow game looks between its steps whether
   * the calling thread was interrupted.
   *
   * @param masks {@code (masks, features)}
   * @param out receives {@code (masks, outputs)}
   * @param progress hears of every finished mask once, by its row where this game {@linkplain
   *     #tellsRows tells rows}
   * @throws java.util.concurrent.CancellationException if the calling thread was interrupted; its
   *     interrupt status stays set, and what {@code out} holds is undefined
   */
  default void evaluate(Masks masks, Values out, Progress progress) {
    evaluate(masks, out);
    progress.done(masks.count());
  }

  /**
   * Comes once before the first masks that are not known already: a game whose values cost
   * something looks here whether they can be trusted.
   *
   * @param resumed whether an earlier run left values of this game
   * @param progress hears what is found
   * @throws InputException if they cannot
   */
  default void begin(boolean resumed, Progress progress) {}

  /**
   * The standard deviation of a value when its mask is evaluated again, as far as {@link #begin}
   * found it; 0 where equal masks have equal values.
   */
  default double noise() {
    return 0;
  }

  /**
   * Whether the values of a mask are the same, bit for bit, whatever else is in its batch, and the
   * evaluation tells each mask by {@link Progress#finished} once its values stand in {@code out}.
   * Such a game gets all masks at once, and each value is kept as it comes.
   */
  default boolean tellsRows() {
    return false;
  }

  /**
   * Whether {@link #evaluate(Masks, Backend, Progress)} works in the memory of a backend. For the
   * backends that it does not accept, masks and values pass through the host.
   */
  default boolean accepts(Backend backend) {
    return backend.name().equals("host");
  }

  /**
   * Evaluates a whole batch where a backend keeps its data.
   *
   * @param masks {@code (masks, features)} in the memory of the backend
   * @param backend one that this game accepts
   * @param progress hears of every finished mask once
   * @return {@code (masks, outputs)} in the memory of the backend, all finite
   */
  default Values evaluate(Masks masks, Backend backend, Progress progress) {
    Values out = Values.zeros(masks.count(), outputs());
    evaluate(masks, out, progress);
    return out.on(backend);
  }

  /**
   * Evaluates a whole batch where a backend keeps its data, for one who keeps each value: values
   * come to the host in blocks while others are made.
   *
   * @param masks {@code (masks, features)} on the host
   * @param out receives {@code (masks, outputs)} on the host
   * @param backend one that this game accepts
   * @param progress hears of masks by {@link Progress#finished} as soon as their values, which are
   *     finite, stand in {@code out}; where a value is not finite, of as many others as can be
   */
  default void evaluate(Masks masks, Values out, Backend backend, Progress progress) {
    evaluate(masks, out, progress);
  }

  /**
   * For implementations: refuses a batch that is none of this game.
   *
   * @throws IllegalArgumentException if masks or values do not have its shape
   */
  default void requireShape(Masks masks, Values out) {
    if (masks.features() != features()
        || masks.count() != out.count()
        || out.outputs() != outputs()) {
      throw new IllegalArgumentException("masks or values do not have the shape of this game");
    }
  }

  /**
   * A game from a function on whole batches.
   *
   * @param features number of features
   * @param function returns one value a mask
   * @throws InputException if there are no features, or more than {@link Masks#MOST_FEATURES}
   */
  static Game of(int features, Function<Masks, double[]> function) {
    if (features < 1 || features > Masks.MOST_FEATURES) {
      throw new InputException(
          "features " + features + ": a game has from 1 to " + Masks.MOST_FEATURES);
    }
    return of(IntStream.range(0, features).mapToObj(Integer::toString).toList(), function);
  }

  /**
   * A game from a function on whole batches.
   *
   * @param names a name for each feature
   * @param function returns one value a mask
   * @throws InputException if there are no names, or one of them is null
   */
  static Game of(List<String> names, Function<Masks, double[]> function) {
    InputException.required(function, "the game");
    InputException.required(names, "the list of feature names");
    return new Game() {
      @Override
      public int features() {
        return names.size();
      }

      @Override
      public List<String> featureNames() {
        return names;
      }

      @Override
      public void evaluate(Masks masks, Values out) {
        double[] values = function.apply(masks);
        if (values == null) {
          throw new InputException(
              "the game returned null for "
                  + masks.count()
                  + " masks: it must return a value each");
        }
        if (values.length != masks.count()) {
          throw new InputException(
              "the game returned "
                  + values.length
                  + " values for "
                  + masks.count()
                  + " masks: it must return a value each");
        }
        System.arraycopy(values, 0, out.hostDoubles(), 0, values.length);
      }
    };
  }
}
