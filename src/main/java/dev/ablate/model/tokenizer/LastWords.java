package dev.ablate.model.tokenizer;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds in what a process said at its end why it ended. */
final class LastWords {
  /** A panic names its place, and says why on the next line. */
  private static final Pattern PANIC = Pattern.compile("panicked at [^\\n]*\\n([^\\n]+)");

  private static final List<Pattern> REASONS =
      List.of(
          PANIC,
          Pattern.compile("(memory allocation of \\d+ bytes failed)"),
          Pattern.compile("(OutOfMemoryError[^\\n]*)"),
          Pattern.compile("(stack overflow|overflowed its stack)"),
          Pattern.compile("# +(SIG[A-Z]+) "),
          Pattern.compile("(?m)^(?!Picked up |#)(\\S[^\\n]*)$"));

  private LastWords() {}

  /** The reason, in one line. */
  static String reason(String said) {
    for (Pattern pattern : REASONS) {
      Matcher reason = pattern.matcher(said);
      if (reason.find()) {
        return TokenizerFile.shortened(reason.group(1));
      }
    }
    return "no reason given";
  }
}
