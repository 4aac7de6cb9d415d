package dev.ablate.model.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Finds the tokens that a server names in the text that it was sent. Offsets that servers give
 * cannot be built on: some count special tokens, some count nothing. Servers differ in what they
 * call a token that is half a character, and in whether blanks at its front are marked.
 */
final class TokenAlignment {
  /**
   * How far the tokens fit the text.
   *
   * @param tokens those that fit, special ones in front left out
   * @param used how many of the tokens that were named fit, special ones included
   * @param reached where in the text the last one that fits ends
   */
  record Fit(List<ScoredToken> tokens, int used, int reached) {
    boolean covers(String text) {
      return reached == text.length();
    }
  }

  /** Most special tokens that stand in front of a text. */
  private static final int MOST_SPECIAL = 4;

  /** Most UTF-16 units that a token covers beyond what it says. */
  private static final int MOST_UNSAID = 4;

  private static final Pattern SPECIAL = Pattern.compile("<[^<>\\s]*>|\\[[A-Za-z]*\\]|");

  /** What stands for bytes that are no whole character. */
  private static final Pattern PARTIAL =
      Pattern.compile("|.*\uFFFD.*|<0x[0-9A-Fa-f]{2}>|bytes:.*", Pattern.DOTALL);

  private final String text;
  private final List<String> said;
  private final double[] values;

  private TokenAlignment(String text, List<String> said, double[] values) {
    this.text = text;
    this.said = said;
    this.values = values;
  }

  /**
   * Places tokens in a text.
   *
   * @param said what each says; null where the server does not tell, as of a first one
   * @param values their log-probabilities
   */
  static Fit align(String text, List<String> said, double[] values) {
    TokenAlignment alignment = new TokenAlignment(text, said, values);
    // The first token has no value: where it says nothing, it is a special one.
    int named = !said.isEmpty() && "".equals(said.get(0)) ? 1 : 0;
    Fit best = alignment.from(named, 0);
    for (int skipped = named + 1;
        !best.covers(text) && alignment.mayPrecede(skipped - 1);
        skipped++) {
      Fit fit = alignment.from(skipped, 0);
      best = fit.reached() > best.reached() ? fit : best;
    }
    boolean untold = !said.isEmpty() && said.get(0) == null;
    for (int end = 1; untold && !best.covers(text) && end <= text.length(); end++) {
      Fit fit = alignment.from(1, end);
      best = fit.reached() > best.reached() ? fit : best;
    }
    return best;
  }

  private boolean mayPrecede(int token) {
    return token < MOST_SPECIAL
        && token < said.size()
        && (said.get(token) == null || SPECIAL.matcher(said.get(token)).matches());
  }

  /**
   * Places the tokens behind some that are left out.
   *
   * @param start how much of the text the one before them, which the server does not tell, covers
   */
  private Fit from(int skipped, int start) {
    List<ScoredToken> placed = new ArrayList<>();
    if (start > 0) {
      placed.add(new ScoredToken(text.substring(0, start), 0, start, values[0]));
    }
    int at = start;
    int i = skipped;
    while (i < said.size() && at < text.length()) {
      int run = i;
      while (run < said.size() && isPartial(said.get(run))) {
        run++;
      }
      int end = run > i ? runEnd(i, run, at) : end(said.get(i), at);
      if (end < 0) {
        break;
      }
      for (int t = i; t < Math.max(run, i + 1); t++) {
        placed.add(new ScoredToken(String.valueOf(said.get(t)), at, end, values[t]));
      }
      at = end;
      i = Math.max(run, i + 1);
    }
    return new Fit(placed, i, at);
  }

  private static boolean isPartial(String token) {
    return token != null && PARTIAL.matcher(token).matches();
  }

  /** Where parts of characters end: where the token behind them begins; -1 for nowhere. */
  private int runEnd(int first, int behind, int at) {
    if (behind == said.size()) {
      return text.length();
    }
    int most = 0;
    boolean empty = true;
    for (int t = first; t < behind; t++) {
      most += said.get(t).length() + MOST_UNSAID;
      empty &= said.get(t).isEmpty();
    }
    for (int end = empty ? at : at + 1; end <= Math.min(text.length(), at + most); end++) {
      if (end == text.length() || end(said.get(behind), end) >= 0) {
        return end;
      }
    }
    return -1;
  }

  /** Where a token ends that begins at a place; -1 if it does not stand there. */
  private int end(String token, int at) {
    if (token == null) {
      return -1;
    }
    if (text.startsWith(token, at)) {
      return at + token.length();
    }
    String plain = token.replace('\u2581', ' ').replace('\u0120', ' ').replace('\u010A', '\n');
    if (text.startsWith(plain, at)) {
      return at + plain.length();
    }
    // Some tokenizers put a blank in front of a text, and take it off again.
    if (at == 0 && plain.startsWith(" ") && text.startsWith(plain.substring(1))) {
      return plain.length() - 1;
    }
    return at == 0 && text.startsWith(" " + plain) ? plain.length() + 1 : -1;
  }
}
