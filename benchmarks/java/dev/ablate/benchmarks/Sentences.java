package dev.ablate.benchmarks;

import dev.ablate.lens.text.TextGame;
import dev.ablate.lens.text.TextLens;
import dev.ablate.model.TextModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Film-review sentences as games of a text model. */
final class Sentences {
  /** Sentences a file gives. */
  static final int EACH = 10;

  private static final int SHORTEST = 20;
  private static final int LONGEST = 40;
  private static final List<String> FILES = List.of("rt-polarity.pos.txt", "rt-polarity.neg.txt");

  private Sentences() {}

  /**
   * Twenty sentences of 20 to 40 words, as the lens counts them: ten of each file, each the first
   * that is long enough from one of ten evenly spread lines on; the two files take turns.
   */
  static List<TextGame> games(TextModel model) {
    List<TextGame> games = new ArrayList<>();
    for (int part = 0; part < EACH; part++) {
      for (String file : FILES) {
        games.add(first(model, lines(file), part));
      }
    }
    return games;
  }

  private static TextGame first(TextModel model, List<String> lines, int part) {
    for (int line = (2 * part + 1) * lines.size() / (2 * EACH); line < lines.size(); line++) {
      String text = lines.get(line).strip();
      if (!text.isEmpty()) {
        TextGame game = TextLens.DEFAULT.game(model, text);
        if (game.features() >= SHORTEST && game.features() <= LONGEST) {
          return game;
        }
      }
    }
    throw new IllegalStateException("no sentence is long enough");
  }

  private static List<String> lines(String file) {
    try {
      return Files.readAllLines(DataTable.FOLDER.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
