package dev.ablate.view;

import dev.ablate.explanation.Causes;
import dev.ablate.explanation.Causes.Cause;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What an answer turns on, in words for a terminal. */
final class CauseView {
  private static final int SHOWN = 5;

  private CauseView() {}

  /**
   * A line each, the largest first; nothing where nothing is sure.
   *
   * @param labels a label for each feature
   */
  static String of(Causes causes, List<String> labels) {
    return causes.causes().stream()
        .limit(SHOWN)
        .map(cause -> "  " + line(cause, labels) + '\n')
        .collect(Collectors.joining());
  }

  private static String line(Cause cause, List<String> labels) {
    String names =
        Arrays.stream(cause.features()).mapToObj(labels::get).collect(Collectors.joining(", "));
    String all = TerminalView.signed(cause.together());
    return switch (cause.kind()) {
      case ALONE -> names + ": by itself " + all;
      case EACH_SUFFICES ->
          "each of "
              + names
              + " is enough: one alone "
              + range(cause.alone())
              + ", all of them "
              + all
              + ", leaving one out takes "
              + range(cause.leftOut());
      case ALL_NEEDED ->
          names + ": only together " + all + "; adding one alone " + range(cause.alone());
      case MORE_TOGETHER ->
          names + ": together " + all + ", more than one by one (" + range(cause.alone()) + ")";
      case LESS_TOGETHER ->
          names + ": together " + all + ", less than one by one (" + range(cause.alone()) + ")";
    };
  }

  /** One number, or the least and the largest. */
  private static String range(double[] numbers) {
    String least = TerminalView.signed(Arrays.stream(numbers).min().orElseThrow());
    String most = TerminalView.signed(Arrays.stream(numbers).max().orElseThrow());
    return least.equals(most) ? least : least + " to " + most;
  }
}
