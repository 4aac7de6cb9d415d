package dev.ablate.lens.text;

import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Files that the settings of a text lens name. */
final class TextFiles {
  /** Bytes of a text, far more than any model takes. */
  private static final int LARGEST = 1 << 22;

  private TextFiles() {}

  /** The lens that settings ask for, with what stands in files. */
  static TextLens lens(Settings given) {
    List<String> references = new ArrayList<>();
    for (String named : all(given, Question.TO)) {
      Path file = fileOrNull(named);
      references.add(file == null ? named : read(Question.TO.toString(), file).strip());
    }
    Path template = given.get(TextLens.TEMPLATE);
    return TextLens.of(given)
        .with(
            references,
            template == null ? null : Frame.read(template, TextLens.TEMPLATE.toString()));
  }

  /** The files that settings name. */
  static Map<Path, Setting<?>> named(Settings given) {
    Map<Path, Setting<?>> files = new LinkedHashMap<>();
    for (String named : all(given, Question.TO)) {
      Path file = fileOrNull(named);
      if (file != null) {
        files.put(file, Question.TO);
      }
    }
    if (given.get(TextLens.TEMPLATE) != null) {
      files.put(given.get(TextLens.TEMPLATE), TextLens.TEMPLATE);
    }
    return files;
  }

  /** What was given, perhaps nothing. */
  static List<String> all(Settings given, Setting<List<String>> setting) {
    List<String> words = given.get(setting);
    return words == null ? List.of() : words;
  }

  /** The file or pipe that a word names, null if it is a text: none is called so. */
  private static Path fileOrNull(String named) {
    try {
      Path file = Path.of(named);
      return Files.exists(file) && !Files.isDirectory(file) ? file : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /**
   * The text in a file, without a byte order mark.
   *
   * @param option what named the file, for messages
   * @throws InputException if it cannot be read, is too large or is not UTF-8
   */
  static String read(String option, Path file) {
    String where = option + " " + file;
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST + 1);
    } catch (IOException e) {
      throw new InputException(
          where + ": cannot be read (" + FileTrouble.reason(e) + "), check the path", e);
    }
    if (bytes.length > LARGEST) {
      throw new InputException(where + ": has more than " + LARGEST + " bytes; shorten it");
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes))
          .toString()
          .replaceFirst("^\uFEFF", "");
    } catch (CharacterCodingException e) {
      throw new InputException(where + ": is not UTF-8 text; save it as UTF-8", e);
    }
  }
}
