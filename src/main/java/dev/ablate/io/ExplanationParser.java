package dev.ablate.io;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.backend.Sets;
import dev.ablate.code.InputException;
import dev.ablate.explanation.Explanation;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Interaction;
import dev.ablate.explanation.Interactions;
import dev.ablate.explanation.Method;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.Provenance;
import dev.ablate.explanation.R2Kind;
import dev.ablate.explanation.RunReport;
import dev.ablate.game.Input;
import dev.ablate.game.Span;
import dev.ablate.index.Index;
import dev.ablate.spectrum.Link;
import dev.ablate.spectrum.Spectrum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Turns the JSON of {@code ablate-explanation/1} into an explanation. */
final class ExplanationParser {
  /** A term as it stands in the file. */
  private record Term(int[] set, double coefficient, double standardError, List<String> foundBy) {}

  private ExplanationParser() {}

  static Explanation parse(JsonReader json) {
    int features = json.count("features", 1);
    List<Output> outputs =
        json.has("outputs")
            ? json.list("outputs", output -> output(output, features))
            : List.of(output(json, features));
    try {
      return new Explanation(
          features,
          json.texts("feature_names"),
          json.has("input") ? input(json.object("input")) : Input.BARE,
          outputs,
          provenance(json.object("provenance")));
    } catch (IllegalArgumentException e) {
      throw new InputException(json.where() + ": " + e.getMessage() + ", mend the file", e);
    }
  }

  private static Input input(JsonReader json) {
    if (json.has("components")) {
      return components(json);
    }
    if (json.has("groups")) {
      return examples(json);
    }
    String text = json.text("text");
    List<Span> spans = json.list("spans", span -> span(span, text.length()));
    return new Input.Text(text, spans, json.text("unit"));
  }

  private static Input components(JsonReader json) {
    List<Integer> heads = Arrays.stream(json.indices("heads", Integer.MAX_VALUE)).boxed().toList();
    List<Input.Component> components =
        json.list(
            "components",
            each ->
                new Input.Component(
                    each.text("kind"), each.count("layer", 0), each.count("number", 0)));
    try {
      return new Input.Components(heads, components);
    } catch (IllegalArgumentException e) {
      throw new InputException(json.where() + ": " + e.getMessage() + ", mend the file", e);
    }
  }

  private static Input examples(JsonReader json) {
    List<String> names = json.has("row_names") ? json.texts("row_names") : List.of();
    int rows = names.isEmpty() ? Integer.MAX_VALUE : names.size();
    return new Input.Examples(names, json.lists("groups", rows));
  }

  private static Span span(JsonReader json, int length) {
    JsonNode pair = json.node();
    boolean numbers = pair.size() == 2 && pair.path(0).isInt() && pair.path(1).isInt();
    int start = pair.path(0).asInt();
    int end = pair.path(1).asInt();
    if (!numbers || start < 0 || start > end || end > length) {
      throw json.wrong("[start, end] within the text, which ends at " + length);
    }
    return new Span(start, end);
  }

  private static Output output(JsonReader json, int features) {
    JsonReader method = json.object("method");
    List<Term> terms = terms(json, features);
    Sets sets = Sets.of(terms.stream().map(Term::set).toList());
    double[] coefficients = terms.stream().mapToDouble(Term::coefficient).toArray();
    double[] errors = terms.stream().mapToDouble(Term::standardError).toArray();
    boolean noErrors = Arrays.stream(errors).allMatch(Double::isNaN);
    boolean noFinders = terms.stream().allMatch(term -> term.foundBy().isEmpty());
    return new Output(
        json.text("target"),
        json.text("value"),
        new Method(method.text("asked"), method.text("ran"), method.text("refine")),
        new Spectrum(features, sets, coefficients),
        noErrors ? new double[0] : errors,
        noFinders ? List.of() : terms.stream().map(Term::foundBy).toList(),
        interactions(json.object("interactions"), features),
        fit(json.object("fit")),
        null,
        json.has("link") ? link(json.object("link")) : Link.IDENTITY,
        VerificationJson.read(json, check -> interaction(check, features)));
  }

  private static Link link(JsonReader json) {
    Link.Kind kind = json.word("function", Link.Kind.values());
    if (kind != Link.Kind.LOGIT) {
      return kind == Link.Kind.LOG ? Link.LOG : Link.IDENTITY;
    }
    try {
      return Link.logit(json.number("low"), json.number("high"), json.number("margin"));
    } catch (IllegalArgumentException e) {
      throw json.wrong("a logit with low below high and a margin above 0 and at most 1");
    }
  }

  /** The terms in the order in which spectra are kept, so that their details stay beside them. */
  private static List<Term> terms(JsonReader json, int features) {
    List<Term> terms =
        new ArrayList<>(
            json.list(
                "spectrum",
                term ->
                    new Term(
                        set(term, features),
                        term.number("coefficient"),
                        standardError(term),
                        term.has("found_by") ? term.texts("found_by") : List.of())));
    terms.sort(Comparator.comparing(Term::set, Sets::compare));
    for (int i = 1; i < terms.size(); i++) {
      if (Arrays.equals(terms.get(i - 1).set(), terms.get(i).set())) {
        throw new InputException(
            json.where()
                + ": the spectrum holds "
                + Arrays.toString(terms.get(i).set())
                + " twice, keep one");
      }
    }
    return terms;
  }

  private static int[] set(JsonReader json, int features) {
    int[] set = json.indices("features", features);
    Arrays.sort(set);
    for (int k = 1; k < set.length; k++) {
      if (set[k - 1] == set[k]) {
        throw json.wrong("a set without repeated features");
      }
    }
    return set;
  }

  private static Interactions interactions(JsonReader json, int features) {
    List<Interaction> values = json.list("values", value -> interaction(value, features));
    return new Interactions(index(json), json.count("order", 1), values);
  }

  private static Interaction interaction(JsonReader json, int features) {
    return new Interaction(
        set(json, features),
        json.number("value"),
        json.has("standard_error") ? (Double) standardError(json) : null);
  }

  private static Index index(JsonReader json) {
    try {
      return Index.parse(json.text("index"));
    } catch (InputException e) {
      throw e.at(json.where());
    }
  }

  private static double r2(JsonReader json, String key) {
    double r2 = json.numberOrNaN(key);
    if (r2 > 1) {
      throw json.wrong(key, "at most 1");
    }
    return r2;
  }

  private static double standardError(JsonReader json) {
    double error = json.numberOrNaN("standard_error");
    if (error < 0) {
      throw json.wrong("standard_error", "at least 0");
    }
    return error;
  }

  private static Fit fit(JsonReader json) {
    JsonReader seconds = json.object("seconds");
    boolean bySize = json.has("r2_by_size_masks");
    return new Fit(
        r2(json, "r2"),
        json.word("r2_kind", R2Kind.values()),
        json.count("r2_masks", 0),
        bySize ? r2(json, "r2_by_size") : Double.NaN,
        bySize ? json.count("r2_by_size_masks", 0) : 0,
        json.atLeast("masks", 0),
        json.atLeast("evaluated", 0),
        json.numberOrNaN("all"),
        json.numberOrNaN("none"),
        new Fit.Seconds(
            seconds.number("plan"), seconds.number("evaluate"), seconds.number("solve")));
  }

  private static Provenance provenance(JsonReader json) {
    return new Provenance(
        json.textOrNull("version"),
        json.textOrNull("commit"),
        json.integer("seed"),
        json.textOrNull("backend"),
        json.textOrNull("device"),
        json.textOrNull("driver"),
        json.textOrNull("java"),
        json.textOrNull("model_sha256"),
        json.has("settings") ? ReportReader.read(json.object("settings").node()) : RunReport.NONE);
  }
}
