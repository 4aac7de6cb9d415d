package dev.ablate.cli;

import dev.ablate.setting.Numbers;
import dev.ablate.setting.Setting;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** What words of the command line mean, for all commands alike. */
final class Words {
  private Words() {}

  /** Makes a command read paths and whole numbers in this way. */
  static void teach(CommandLine command) {
    // One object for both: Java 17 cannot archive a class that has such a reference twice.
    ITypeConverter<Integer> whole = Words::whole;
    command.registerConverter(Path.class, Words::path);
    command.registerConverter(Integer.class, whole);
    command.registerConverter(int.class, whole);
  }

  /** Refuses options that were given nothing, such as {@code --out ""} or {@code --target ,}. */
  static void requireSomething(ParseResult parsed) {
    for (ParseResult part = parsed; part != null; part = part.subcommand()) {
      for (OptionSpec option : part.matchedOptions()) {
        boolean none = option.getValue() instanceof Collection<?> several && several.isEmpty();
        if (none || option.originalStringValues().stream().anyMatch(nothing(option))) {
          throw new ParameterException(
              part.commandSpec().commandLine(),
              option.longestName() + " is empty: give it a value or leave it away");
        }
      }
    }
  }

  /** White space is nothing but where a text is taken as it stands, such as what ends an answer. */
  private static Predicate<String> nothing(OptionSpec option) {
    return option.userObject() instanceof Setting<?> setting && setting.takesWhiteSpace()
        ? String::isEmpty
        : String::isBlank;
  }

  private static Path path(String word) {
    try {
      return Path.of(word);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(unusable(e));
    }
  }

  /** Why a word is no path, in a few words. */
  static String unusable(InvalidPathException e) {
    return "'" + e.getInput() + "' is no path (" + e.getReason() + ")";
  }

  private static Integer whole(String word) {
    if (!Numbers.isWhole(word)) {
      throw new TypeConversionException("'" + word + "' is no whole number");
    }
    try {
      return Integer.valueOf(word);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + word + "' is out of range, at most 2147483647");
    }
  }
}
