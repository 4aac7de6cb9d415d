package dev.ablate.setting;

import dev.ablate.code.InputException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One thing that a user may set: its name, type, range, default, and which methods heed it.
 * Declarations are constants of the class that reads them.
 *
 * @param <T> what its values are
 */
public final class Setting<T> {
  private final String name;
  private final String label;
  private final Kind<T> kind;
  private final T standard;
  private final String standardWords;
  private final String help;
  private final Set<String> methods;

  private Setting(
      String name,
      String label,
      Kind<T> kind,
      T standard,
      String standardWords,
      String help,
      Set<String> methods) {
    this.name = name;
    this.label = label;
    this.kind = kind;
    this.standard = standard;
    this.standardWords = standardWords;
    this.help = help;
    this.methods = methods;
  }

  /**
   * A setting without a default.
   *
   * @param name lower-case words with hyphens between them, such as {@code screen-seconds}
   * @param label what stands for a value in help texts, such as {@code S}
   * @param kind its type and range
   * @param help what it does, in a few words
   */
  public static <T> Setting<T> of(String name, String label, Kind<T> kind, String help) {
    return new Setting<>(name, label, kind, null, null, help, Set.of());
  }

  /** The same with a default. */
  public Setting<T> standard(T value) {
    return new Setting<>(
        name, label, kind, kind.check(name, value), kind.words(value), help, methods);
  }

  /** The same where something else decides when nobody sets it; in words, for help texts. */
  public Setting<T> otherwise(String words) {
    return new Setting<>(name, label, kind, null, words, help, methods);
  }

  /**
   * The same, heeded by some methods only.
   *
   * @param constants those of the enumeration of methods, which lies above this package
   */
  public Setting<T> heededBy(Enum<?>... constants) {
    Set<String> words =
        Arrays.stream(constants).map(Enum::toString).collect(Collectors.toUnmodifiableSet());
    return new Setting<>(name, label, kind, standard, standardWords, help, words);
  }

  /** The name, such as {@code screen-seconds}. */
  public String name() {
    return name;
  }

  /** What stands for a value in help texts. */
  public String label() {
    return label;
  }

  /** The value where nobody sets it; null if something else decides then. */
  public T standard() {
    return standard;
  }

  /** What it does and what happens where nobody sets it, for help texts. */
  public String help() {
    return standardWords == null ? help : help + " (default: " + standardWords + ")";
  }

  /** Whether it may be given several times. */
  public boolean several() {
    return kind instanceof Kind.Texts || kind instanceof Kind.Phrases;
  }

  /** Whether white space alone is a value. */
  public boolean takesWhiteSpace() {
    return kind instanceof Kind.Phrase || kind instanceof Kind.Phrases;
  }

  /** Whether it is given without a value. */
  public boolean isFlag() {
    return kind instanceof Kind.Flag;
  }

  /** Whether a method of that name heeds it. */
  public boolean isHeededBy(String method) {
    return methods.isEmpty() || methods.contains(method);
  }

  /** The names of the methods that heed it, in alphabetical order; empty for all. */
  public List<String> methods() {
    return methods.stream().sorted().toList();
  }

  /** What somebody set, or the default, as a user writes it; it is not null. */
  public String words(Settings settings) {
    return kind.words(settings.get(this));
  }

  /**
   * Reads a value.
   *
   * @param words what was given; one word unless {@link #several}
   * @throws InputException if it is none, or out of range; the message says what is right
   */
  public T parse(List<String> words) {
    return check(kind.parse(name, words));
  }

  /**
   * Checks a value.
   *
   * @throws InputException if it is out of range; the message says what is right
   */
  public T check(T value) {
    return kind.check(name, Objects.requireNonNull(value, name));
  }

  /** The setting in a message, followed by a value: {@link InputException#setting}. */
  @Override
  public String toString() {
    return InputException.setting(name);
  }
}
