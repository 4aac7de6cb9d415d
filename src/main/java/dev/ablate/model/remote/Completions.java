package dev.ablate.model.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import java.util.List;
import java.util.Optional;

/**
 * {@code /completions}: what the tokens of a text are worth to a model. Several threads may ask.
 */
public final class Completions {
  private static final String PATH = "/completions";

  /** Special tokens that a server may count and not name. */
  private static final int UNNAMED = 4;

  /** What rounding may add to a logarithm of 1. */
  private static final double ROUNDING = 1e-3;

  private static final int SHOWN = 20;

  private final Requests requests;
  private final String model;

  /** Null until it is found. */
  private volatile CompletionForm form;

  Completions(Requests requests, String model) {
    this.requests = requests;
    this.model = model;
  }

  /**
   * Log-probabilities of all tokens of a text. The first call finds out in which way the server
   * gives them, in at most three requests.
   *
   * @param text prompt and answer in one
   * @throws InputException if the server gives no log-probabilities, too few, those of another
   *     text, or none that are numbers; or if it fails: the message says which, and what to do
   */
  public ScoredText score(String text) {
    CompletionForm found = form;
    if (found == null) {
      return first(text);
    }
    return asked(found, text).orElseThrow(this::silent);
  }

  private synchronized ScoredText first(String text) {
    if (form != null) {
      return score(text);
    }
    Refused refusal = null;
    for (CompletionForm tried : CompletionForm.values()) {
      try {
        Optional<ScoredText> scored = asked(tried, text);
        if (scored.isPresent()) {
          form = tried;
          return scored.get();
        }
      } catch (Refused e) {
        if (!e.isOfForm()) {
          throw requests.refused(e);
        }
        refusal = e;
      }
    }
    throw refusal == null ? silent() : silent().and("it " + refusal.getMessage());
  }

  private InputException silent() {
    return requests.line(
        "gives no log-probabilities of prompts, neither with echo nor as prompt_logprobs: take one"
            + " that does, such as vLLM, or ask for the first token of a reply by "
            + ServerSettings.PROTOCOL
            + " chat");
  }

  private Optional<ScoredText> asked(CompletionForm as, String text) {
    ObjectNode request = request(text);
    as.ask(request);
    if (form == null) {
      return requests.offer(PATH, request, reply -> scored(as, text, reply));
    }
    return requests.post(PATH, request, reply -> scored(as, text, reply));
  }

  private ObjectNode request(String prompt) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    return request.put("model", model).put("prompt", prompt).put("temperature", 0);
  }

  private Optional<ScoredText> scored(CompletionForm as, String text, JsonNode reply) {
    JsonNode choice = Whole.choice(reply);
    CompletionForm.Named named = as.read(reply);
    Usage usage = Usage.of(reply);
    // Where the way is known, a text of one token has no log-probability by right.
    boolean single = form != null && named.said().size() == 1;
    if (named.said().isEmpty() || (!single && named.values().stream().allMatch(v -> v.isNaN()))) {
      return Optional.empty();
    }
    TokenAlignment.Fit fit = TokenAlignment.align(text, named.said(), named.all());
    boolean made = usage.completion() >= named.said().size();
    if (!fit.covers(text) && made && !choice.path("text").asText().startsWith(text)) {
      return Optional.empty();
    }
    requireText(text, named, fit);
    requireAll(named, fit);
    if (usage.prompt() > fit.used() + UNNAMED) {
      throw changed("it counts " + usage.prompt() + " tokens where the text has " + fit.used());
    }
    return Optional.of(new ScoredText(text, List.copyOf(fit.tokens()), usage));
  }

  private void requireText(String text, CompletionForm.Named named, TokenAlignment.Fit fit) {
    if (fit.covers(text)) {
      return;
    }
    if (fit.used() == named.said().size()) {
      throw few(
          "its "
              + fit.used()
              + " tokens end after "
              + fit.reached()
              + " of "
              + text.length()
              + " characters");
    }
    throw changed(
        "at character "
            + (fit.reached() + 1)
            + " it has \""
            + brief(String.valueOf(named.said().get(fit.used())))
            + "\" in place of \""
            + brief(text.substring(fit.reached()))
            + "\"");
  }

  private void requireAll(CompletionForm.Named named, TokenAlignment.Fit fit) {
    double[] values = named.all();
    int missing = 0;
    // Nothing precedes the first token, so that it has none.
    for (int i = 1; i < fit.used(); i++) {
      missing += Double.isNaN(values[i]) ? 1 : 0;
    }
    if (missing > 0) {
      throw few(missing + " of " + fit.used() + " tokens have none");
    }
    for (ScoredToken token : fit.tokens()) {
      double value = token.logProbability();
      if (value > ROUNDING || Double.isInfinite(value)) {
        throw requests.line(
            "gives "
                + value
                + " as the log-probability of \""
                + brief(token.text())
                + "\", which is none: take another server or model");
      }
    }
  }

  private InputException few(String how) {
    return requests.line(
        "gives too few log-probabilities: "
            + how
            + "; switch off what leaves them out, such as a cache of prefixes, or take "
            + ServerSettings.PROTOCOL
            + " chat");
  }

  private InputException changed(String how) {
    return requests.line(
        "reads another text than the one that was sent: "
            + how
            + "; it wraps prompts in a template or changes them: switch that off, or take "
            + ServerSettings.PROTOCOL
            + " chat");
  }

  private static String brief(String text) {
    return OneLine.brief(Characters.line(text), SHOWN);
  }

  /**
   * The likeliest continuation of a text.
   *
   * @param maxTokens most tokens of it
   * @param stops texts before which it ends
   * @throws InputException if the server fails
   */
  public Continuation continuation(String text, int maxTokens, List<String> stops) {
    ObjectNode request = request(text).put("max_tokens", maxTokens);
    Stops.put(request, stops);
    return requests.post(
        PATH,
        request,
        reply -> {
          JsonNode made = Whole.choice(reply).path("text");
          return new Continuation(Stops.cut(Whole.text(made), stops), Usage.of(reply));
        });
  }
}
