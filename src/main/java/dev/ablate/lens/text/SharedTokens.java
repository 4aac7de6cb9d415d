package dev.ablate.lens.text;

import dev.ablate.code.InputException;
import dev.ablate.model.LanguageModel;
import java.util.Arrays;
import java.util.List;

/**
 * What stays of a text at its front under every mask, as a language model reads it.
 *
 * @param ids the tokens before the first that a mask may hide
 * @param begin what stands where nothing is left of a text; empty where something always is
 */
record SharedTokens(int[] ids, int[] begin) {
  /**
   * Those of a text.
   *
   * @throws InputException if nothing may be left of it, and the model has nothing to put there
   */
  static SharedTokens of(AblatedTokens tokens, int features, LanguageModel model) {
    int[] shared = tokens.shared();
    if (tokens.shortest(features) > 0) {
      return new SharedTokens(shared, new int[0]);
    }
    int begin =
        model
            .beginId()
            .orElseThrow(
                () ->
                    new InputException(
                        "the tokenizer adds no special tokens and the model "
                            + model.name()
                            + " has no token that begins a text, so that "
                            + TextLens.ABLATE
                            + " remove would leave nothing; give a word as "
                            + TextLens.SUBSTITUTE
                            + ", or name bos_token_id in config.json"));
    return new SharedTokens(shared, new int[] {begin});
  }

  /** Lines for people. */
  List<String> notes() {
    return begin.length == 0
        ? List.of()
        : List.of(
            "where everything is hidden the model reads the token that begins a text (bos_token_id"
                + " in config.json), because nothing else is left");
  }

  /** What stands behind the shared tokens in a row of a text under a mask. */
  int[] behindShared(int[] row) {
    return row.length == 0 ? begin : Arrays.copyOfRange(row, ids.length, row.length);
  }
}
