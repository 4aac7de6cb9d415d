package dev.ablate.lens.text;

import dev.ablate.code.InputException;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.ServedModel;
import dev.ablate.model.TextModel;
import dev.ablate.model.TextTokenizer.Tokens;

/**
 * A prompt as a model reads it.
 *
 * @param prompt its text and parts
 * @param tokens the tokens of the text, special ones included; those behind the text are left out
 *     for a language model, because something may follow
 */
public record TokenizedPrompt(Prompt prompt, Tokens tokens) {
  /**
   * Makes tokens of a prompt. A chat needs a model with a template, or one behind a server.
   *
   * @throws InputException if the text is blank or too long for the model, or if its template
   *     refuses the chat
   */
  public static TokenizedPrompt of(PromptSource source, TextModel model) {
    if (model instanceof ServedModel && source.content() instanceof PromptSource.Messages chat) {
      Turns turns = new Turns(chat);
      return new TokenizedPrompt(
          turns.prompt().with(source.answers(), source.against()), turns.tokens());
    }
    Prompt prompt = source.render(source.isChat() ? model.chatTemplate() : null);
    TextLens.requireWords(prompt.text());
    TextLens.requireUnicode(prompt.text(), "the text");
    Tokens whole = model.tokenizer().tokenize(prompt.text(), prompt.special());
    Tokens tokens = model instanceof LanguageModel ? whole.open() : whole;
    model.requireLength(tokens.ids());
    return new TokenizedPrompt(prompt, tokens);
  }

  /** The beginning of the text, in one line. */
  public String title() {
    return Outputs.title(prompt.text());
  }
}
