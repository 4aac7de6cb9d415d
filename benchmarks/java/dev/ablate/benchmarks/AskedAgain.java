package dev.ablate.benchmarks;

import dev.ablate.Ablate;
import dev.ablate.explanation.Fit;
import dev.ablate.explanation.Output;
import dev.ablate.explanation.Verification;
import dev.ablate.explanation.Verification.Compared;
import dev.ablate.lens.text.PromptSource;
import dev.ablate.lens.text.TextGame;
import dev.ablate.lens.text.TextLens;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.TextModel;
import dev.ablate.spectrum.Correlation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What explanations predict beside what the model says when it is asked again on the masks that
 * they say matter most: ten sentences of 20 to 40 words under the bundled classifier, and ten
 * prompts of some facts and a question under the bundled language model, at the default budget.
 *
 * <p>Arguments: interactions an explanation, seed, facts a prompt, sentences; without any 10 0 4
 * 10. Below the sentences and below the prompts stands the correlation over what all of them
 * together lack or keep alone. Ends with status 1 when that of sentences or prompts is below 0.9.
 */
public final class AskedAgain {
  private static final int EACH = 10;
  private static final double LEAST = 0.9;
  private static final List<String> NAMES =
      List.of("Adam", "Anna", "Ben", "Clara", "Emma", "Frank", "Helen", "Jack", "Maria", "Tom");
  private static final List<String> COLOURS =
      List.of("black", "blue", "brown", "green", "orange", "pink", "purple", "red", "white");
  private static final List<String> THINGS =
      List.of("ball", "book", "bottle", "clock", "cup", "hat", "key", "lamp", "letter", "map");

  private final Ablate engine;
  private final int interactions;
  private final long seed;
  private double lowest = 1;
  // Of the sentences or prompts so far.
  private final List<Compared> all = new ArrayList<>();

  private AskedAgain(Ablate engine, int interactions, long seed) {
    this.engine = engine;
    this.interactions = interactions;
    this.seed = seed;
  }

  /** Prints the table. */
  public static void main(String[] args) {
    int interactions = args.length > 0 ? Integer.parseInt(args[0]) : 10;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : 0;
    int facts = args.length > 2 ? Integer.parseInt(args[2]) : 4;
    int sentences = args.length > 3 ? Integer.parseInt(args[3]) : EACH;
    int threads = Runtime.getRuntime().availableProcessors();
    System.out.println(
        "what      features  masks      R2  asked  fitted  correlation  beyond parts   error");
    double lowest;
    try (Ablate engine = Ablate.open("host", 0);
        TextModel classifier = ModelDirectory.bundled().load(threads);
        TextModel language = ModelDirectory.bundled("facts").load(threads)) {
      AskedAgain table = new AskedAgain(engine, interactions, seed);
      Sentences.games(classifier)
          .subList(0, sentences)
          .forEach(game -> table.line("sentence", game));
      table.end("sentences");
      prompts(language, facts, new Random(seed)).forEach(game -> table.line("prompt", game));
      table.end("prompts");
      lowest = table.lowest;
    }
    if (!(lowest >= LEAST)) {
      System.exit(1);
    }
  }

  private void line(String what, TextGame game) {
    Output output =
        engine.request().game(game).verify(interactions).seed(seed).explain().outputs().get(0);
    Verification verification = output.verification();
    Fit fit = output.fit();
    for (Verification.Check check : verification.checks()) {
      all.add(check.removed().value());
      all.add(check.alone().value());
    }
    System.out.printf(
        Locale.ROOT,
        "%-8s  %8d  %5d  %6.4f  %5d  %6d  %11.4f  %12.4f  %6.3f%n",
        what,
        game.features(),
        fit.masks(),
        fit.r2(),
        verification.masks(),
        verification.fitted(),
        verification.correlation(),
        verification.correlationBeyond(),
        verification.error());
  }

  private void end(String what) {
    double correlation =
        Correlation.of(
            all.stream().mapToDouble(Compared::predicted).toArray(),
            all.stream().mapToDouble(Compared::measured).toArray());
    System.out.printf(
        Locale.ROOT, "%s: correlation %.4f over %d values%n", what, correlation, all.size());
    lowest = all.isEmpty() ? lowest : Math.min(lowest, correlation);
    all.clear();
  }

  /** Facts of which every word may be removed, and who or what one of them is about. */
  private static List<TextGame> prompts(TextModel model, int facts, Random random) {
    List<TextGame> games = new ArrayList<>();
    for (int p = 0; p < EACH; p++) {
      List<String> names = shuffled(NAMES, random);
      List<String> colours = shuffled(COLOURS, random);
      List<String> things = shuffled(THINGS, random);
      StringBuilder text = new StringBuilder();
      for (int f = 0; f < facts; f++) {
        text.append("%s has the %s %s. ".formatted(names.get(f), colours.get(f), things.get(f)));
      }
      int asked = random.nextInt(facts);
      String thing = "the " + colours.get(asked) + " " + things.get(asked);
      boolean who = p % 2 == 0;
      String question = who ? "Who has " + thing + "?" : "What does " + names.get(asked) + " have?";
      List<PromptSource.Segment> segments =
          List.of(
              new PromptSource.Segment(text.toString(), true, null),
              new PromptSource.Segment(question, false, null));
      games.add(
          TextLens.DEFAULT.game(
              model,
              new PromptSource(
                  new PromptSource.Segments(segments),
                  List.of(who ? names.get(asked) : thing),
                  null)));
    }
    return games;
  }

  private static List<String> shuffled(List<String> words, Random random) {
    List<String> shuffled = new ArrayList<>(words);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }
}
