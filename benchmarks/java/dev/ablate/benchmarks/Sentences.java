package dev.ablate.benchmarks;

import dev.ablate.lens.TextGame;
import dev.ablate.lens.TextLens;
import dev.ablate.model.TextModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Sentences of film reviews from {@code ../shared/data}. */
final class Sentences {
  private static final Path FOLDER = Path.of("..", "shared", "data");
  private static final List<String> FILES = List.of("rt-polarity.pos.txt", "rt-polarity.neg.txt");

  private Sentences() {}

  /**
   * Sentences in which the lens counts so many features, in equal shares from both files and spread
   * evenly over each: the first that fits after every equal step.
   */
  static List<String> spread(TextModel model, int count, int least, int most) {
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> lines = lines(FILES.get(i % FILES.size()));
      int shares = (count + 1) / FILES.size();
      int at = i / FILES.size() * (lines.size() / shares);
      while (!fits(model, lines.get(at), least, most)) {
        at++;
      }
      chosen.add(lines.get(at));
    }
    return chosen;
  }

  private static boolean fits(TextModel model, String line, int least, int most) {
    TextGame game = TextLens.DEFAULT.game(model, line);
    return game.features() >= least && game.features() <= most;
  }

  private static List<String> lines(String file) {
    try {
      return Files.readAllLines(FOLDER.resolve(file)).stream().filter(l -> !l.isBlank()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("run from the project, with ../shared/data beside it", e);
    }
  }
}
