package dev.ablate.lens.text;

import dev.ablate.backend.Backend;
import dev.ablate.code.InputException;
import dev.ablate.lens.LensKind;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.ServedModel;
import dev.ablate.model.Serving;
import dev.ablate.model.TextModel;
import dev.ablate.model.remote.ServerAddress;
import dev.ablate.setting.Kind;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Texts under a model. */
public class TextLensKind implements LensKind<TextModel, PromptSource> {
  /** One text. */
  public static final Setting<String> TEXT =
      Setting.of("text", "TEXT", new Kind.Text(), "the text");

  private static final List<Setting<?>> SETTINGS =
      Stream.of(TextLens.SETTINGS, Serving.SETTINGS, ServedModel.SETTINGS)
          .<Setting<?>>flatMap(List::stream)
          .toList();

  /** What Java makes of bytes that are no text. */
  private static final char REPLACEMENT = '\uFFFD';

  @Override
  public Setting<String> input() {
    return TEXT;
  }

  @Override
  public List<Setting<?>> settings() {
    return SETTINGS;
  }

  @Override
  public PromptSource read(Map<String, Object> keys) {
    return PromptReader.line(keys);
  }

  @Override
  public PromptSource read(String named) {
    int unknown = named.indexOf(REPLACEMENT);
    if (unknown >= 0) {
      throw new InputException(
          TEXT
              + " holds U+FFFD at position "
              + unknown
              + ", which stands for bytes that are no UTF-8; give the text in UTF-8, or in a file"
              + " as "
              + InputException.setting("input"));
    }
    return PromptSource.of(named);
  }

  @Override
  public TextModel open(String named, Settings given, int threads, Backend backend) {
    if (named != null && ServerAddress.isOne(named)) {
      if (given.set().contains(Serving.PROVIDER)) {
        throw new InputException(
            Serving.PROVIDER
                + " is about a model in a folder, and this one is behind a server; leave it away");
      }
      return ServedModel.open(named, given);
    }
    for (Setting<?> setting : ServedModel.SETTINGS) {
      if (given.set().contains(setting)) {
        throw new InputException(
            setting
                + " is about a model behind a server, and this one is in a folder; leave it away, or"
                + " give the address of a server as "
                + InputException.setting("model"));
      }
    }
    return ModelDirectory.namedOrBundled(named).load(threads, Serving.of(given, backend));
  }

  @Override
  public int outputs(Settings given) {
    // Labels are known once the model is open; a comma within one counts as two.
    int labels =
        TextFiles.all(given, TextLens.TARGET).stream().mapToInt(l -> l.split(",").length).sum();
    int answers = TextFiles.all(given, Question.ANSWER).size();
    int references = TextFiles.all(given, Question.TO).size();
    return IntStream.of(1, labels, answers, references).max().orElseThrow();
  }

  @Override
  public Map<Path, Setting<?>> reads(Settings given) {
    return TextFiles.named(given);
  }

  @Override
  public TextLens lens(Settings given) {
    return TextFiles.lens(given);
  }
}
