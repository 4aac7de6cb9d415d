package dev.ablate.model.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into texts, outputs and tags, with the white space around tags as transformers
 * has it: the end of the line behind a tag is no text, nor are blanks before a tag that begins its
 * line.
 */
final class TemplateReader {
  private static final Pattern TAG = Pattern.compile("\\{[{%#]");

  private static final Pattern RAW =
      Pattern.compile("\\{%[-+]?\\s*raw\\s*(?:-%\\}\\s*|%\\})", Pattern.UNICODE_CHARACTER_CLASS);

  private static final Pattern RAW_END =
      Pattern.compile(
          "\\{%([-+]?)\\s*endraw\\s*(?:\\+%\\}|-%\\}\\s*|%\\}\\n?)",
          Pattern.UNICODE_CHARACTER_CLASS);

  private static final Pattern COMMENT_END =
      Pattern.compile("\\+#\\}|-#\\}\\s*|#\\}\\n?", Pattern.UNICODE_CHARACTER_CLASS);

  private static final Pattern TAG_END =
      Pattern.compile("\\+%\\}|-%\\}\\s*|%\\}\\n?", Pattern.UNICODE_CHARACTER_CLASS);

  private static final Pattern OUTPUT_END =
      Pattern.compile("-\\}\\}\\s*|\\}\\}", Pattern.UNICODE_CHARACTER_CLASS);

  private final String source;
  private final List<Piece> pieces = new ArrayList<>();
  private int at;
  private int counted;
  private int line = 1;

  /** What a template is made of. */
  sealed interface Piece {
    /** Where it begins, from 1. */
    int line();
  }

  /** A text as it stands. */
  record Text(String text, int line) implements Piece {}

  /** What stands between {@code {{} and {@code }}}. */
  record Output(List<Token> tokens, int line) implements Piece {}

  /** What stands between <code>{%</code> and <code>%}</code>. */
  record Tag(List<Token> tokens, int line) implements Piece {}

  private TemplateReader(String source) {
    this.source = source;
  }

  /**
   * Reads a template.
   *
   * @throws TemplateTrouble if a tag is not closed or holds what no tag may
   */
  static List<Piece> read(String template) {
    String source = template.replaceAll("\\r\\n?", "\n");
    TemplateReader reader =
        new TemplateReader(
            source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
    reader.read();
    return reader.pieces;
  }

  private void read() {
    Matcher tag = TAG.matcher(source);
    while (tag.find(at)) {
      int start = tag.start();
      Matcher raw = RAW.matcher(source).region(start, source.length());
      text(before(start, start + 2, source.charAt(start + 1) == '{'));
      int line = line(start);
      int inside = start + 2 + (isSign(start + 2) ? 1 : 0);
      if (raw.lookingAt()) {
        at = raw.end();
        Matcher end = found(RAW_END, line, "raw");
        text(before(end.start(), end.start() + 2, false));
        at = end.end();
      } else if (source.charAt(start + 1) == '#') {
        at = inside;
        at = found(COMMENT_END, line, "a comment").end();
      } else {
        TagReader reader = new TagReader(source, inside, line);
        boolean output = source.charAt(start + 1) == '{';
        List<Token> tokens = reader.tokens(output ? OUTPUT_END : TAG_END);
        pieces.add(output ? new Output(tokens, line) : new Tag(tokens, line));
        at = reader.end();
      }
    }
    text(source.substring(at));
  }

  private Matcher found(Pattern end, int line, String what) {
    Matcher matcher = end.matcher(source);
    if (!matcher.find(at)) {
      throw new TemplateTrouble(what + " is not closed").at(line);
    }
    return matcher;
  }

  private void text(String text) {
    if (!text.isEmpty()) {
      pieces.add(new Text(text, line(at)));
    }
  }

  private boolean isSign(int place) {
    return place < source.length() && "+-".indexOf(source.charAt(place)) >= 0;
  }

  /** The text from here to a tag, without the white space that the tag takes away. */
  private String before(int start, int sign, boolean output) {
    String text = source.substring(at, start);
    if (isSign(sign)) {
      return source.charAt(sign) == '-' ? Python.stripped(text, false, true) : text;
    }
    int lineStart = text.lastIndexOf('\n') + 1;
    boolean begins = lineStart > 0 || at == 0 || source.charAt(at - 1) == '\n';
    boolean blank = text.substring(lineStart).codePoints().allMatch(Python::isSpace);
    return !output && begins && blank ? text.substring(0, lineStart) : text;
  }

  /** Places are asked for in order. */
  private int line(int place) {
    for (; counted < place; counted++) {
      line += source.charAt(counted) == '\n' ? 1 : 0;
    }
    return line;
  }
}
