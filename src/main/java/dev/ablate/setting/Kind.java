package dev.ablate.setting;

import dev.ablate.code.InputException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The type and range of a setting.
 *
 * @param <T> what its values are
 */
public sealed interface Kind<T> {
  /** Reads a value; the range is {@link #check}'s. */
  T parse(String name, List<String> words);

  /** The value itself if it is in range. */
  default T check(String name, T value) {
    return value;
  }

  /** The value as a user writes it. */
  default String words(T value) {
    return value.toString();
  }

  private static InputException wrong(String name, Object value, String right) {
    return new InputException(InputException.setting(name) + " " + value + ": " + right);
  }

  /**
   * Whole numbers.
   *
   * @param least smallest one
   * @param most largest one; {@link Long#MAX_VALUE} for no limit
   */
  record Whole(long least, long most) implements Kind<Long> {
    @Override
    public Long parse(String name, List<String> words) {
      String word = words.get(0).strip();
      if (!Numbers.isWhole(word)) {
        throw wrong(name, words.get(0), "must be a whole number" + range(" "));
      }
      try {
        return Long.valueOf(word);
      } catch (NumberFormatException e) {
        throw wrong(name, words.get(0), "must be" + range(" "));
      }
    }

    @Override
    public Long check(String name, Long value) {
      if (value < least || value > most) {
        throw wrong(name, value, "must be" + range(" "));
      }
      return value;
    }

    private String range(String before) {
      if (least == Long.MIN_VALUE) {
        return before + "from -2^63 to 2^63 - 1";
      }
      return before + (most == Long.MAX_VALUE ? "at least " + least : least + " to " + most);
    }
  }

  /**
   * Numbers.
   *
   * @param least smallest one
   * @param most largest one
   * @param open whether the limits themselves are left out
   */
  record Decimal(double least, double most, boolean open) implements Kind<Double> {
    @Override
    public Double parse(String name, List<String> words) {
      String word = words.get(0).strip();
      if (!Numbers.isNumber(word)) {
        throw wrong(name, words.get(0), "must be a number, " + range());
      }
      return Double.valueOf(word);
    }

    @Override
    public Double check(String name, Double value) {
      boolean within = open ? value > least && value < most : value >= least && value <= most;
      if (!within) {
        throw wrong(name, value, "must be " + range());
      }
      return value;
    }

    @Override
    public String words(Double value) {
      return plain(value);
    }

    private String range() {
      return open
          ? "above " + plain(least) + " and below " + plain(most)
          : plain(least) + " to " + plain(most);
    }

    private static String plain(double number) {
      return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
  }

  /**
   * One of some things, by the word that each prints as, in any case.
   *
   * @param choices all of them
   */
  record Choice<E>(List<E> choices) implements Kind<E> {
    /** All constants of an enumeration. */
    public static <E extends Enum<E>> Choice<E> of(Class<E> type) {
      return new Choice<>(List.of(type.getEnumConstants()));
    }

    @Override
    public E parse(String name, List<String> words) {
      Stream<E> found =
          choices.stream().filter(c -> c.toString().equalsIgnoreCase(words.get(0).strip()));
      return found
          .findFirst()
          .orElseThrow(() -> wrong(name, words.get(0), "unknown; use " + listed("or")));
    }

    /** The words, with another word before the last one. */
    public String listed(String last) {
      String most =
          choices.stream()
              .limit(choices.size() - 1L)
              .map(Object::toString)
              .collect(Collectors.joining(", "));
      return most + " " + last + " " + choices.get(choices.size() - 1);
    }
  }

  /**
   * Anything that a function reads.
   *
   * @param reader throws an {@link InputException} that says what is right
   * @param writer the word that the reader reads
   */
  record Read<T>(Function<String, T> reader, Function<T, String> writer) implements Kind<T> {
    @Override
    public T parse(String name, List<String> words) {
      return reader.apply(words.get(0));
    }

    @Override
    public String words(T value) {
      return writer.apply(value);
    }
  }

  /** A text. */
  record Text() implements Kind<String> {
    @Override
    public String parse(String name, List<String> words) {
      return words.get(0);
    }
  }

  /** Texts; whoever reads them knows where a word holds several. */
  record Texts() implements Kind<List<String>> {
    @Override
    public List<String> parse(String name, List<String> words) {
      return List.copyOf(words);
    }

    @Override
    public List<String> check(String name, List<String> value) {
      for (String word : value) {
        if (word.chars().allMatch(c -> c == ',' || Character.isWhitespace(c))) {
          throw wrong(name, "\"" + word + "\"", "names nothing, leave it away or name something");
        }
      }
      return value;
    }
  }

  /** A text as it stands, be it white space. */
  record Phrase() implements Kind<String> {
    @Override
    public String parse(String name, List<String> words) {
      return words.get(0);
    }

    @Override
    public String check(String name, String value) {
      new Phrases().check(name, List.of(value));
      return value;
    }
  }

  /** Texts, each as it stands, be it white space; commas in them part nothing. */
  record Phrases() implements Kind<List<String>> {
    @Override
    public List<String> parse(String name, List<String> words) {
      return List.copyOf(words);
    }

    @Override
    public List<String> check(String name, List<String> value) {
      if (value.contains("")) {
        throw wrong(name, "\"\"", "is empty, leave it away or give a text");
      }
      return value;
    }
  }

  /** Yes, for whoever gives it. */
  record Flag() implements Kind<Boolean> {
    @Override
    public Boolean parse(String name, List<String> words) {
      return switch (words.get(0).strip()) {
        case "true" -> true;
        case "false" -> false;
        default -> throw wrong(name, words.get(0), "must be true or false");
      };
    }
  }

  /** A path. */
  record File() implements Kind<Path> {
    /** The path that one word names, checked. */
    public Path read(String name, String word) {
      return check(name, parse(name, List.of(word)));
    }

    @Override
    public Path parse(String name, List<String> words) {
      try {
        return Path.of(words.get(0));
      } catch (InvalidPathException e) {
        throw wrong(name, words.get(0), "is no path (" + e.getReason() + ")");
      }
    }

    @Override
    public Path check(String name, Path value) {
      if (value.toString().isBlank()) {
        throw wrong(name, "\"" + value + "\"", "is no path, name a file");
      }
      return value;
    }
  }
}
