package dev.ablate.model.chat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts what stands in a tag into tokens, as Jinja does. */
final class TagReader {
  private static final Pattern DECIMAL =
      Pattern.compile(
          "(?<!\\.)(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?[eE][+-]?(?:\\d+_)*\\d+|\\.(?:\\d+_)*\\d+)");

  private static final Pattern WHOLE =
      Pattern.compile(
          "0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*");

  private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{M}\\p{N}_]*");

  private static final Pattern STRING =
      Pattern.compile("'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\"", Pattern.DOTALL);

  private static final Pattern SIGN =
      Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]");

  private static final Pattern ESCAPE =
      Pattern.compile(
          "\\\\(?:\\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)",
          Pattern.DOTALL);

  private final String source;
  private int at;
  private int line;

  /** From a place in a template, which is at a line. */
  TagReader(String source, int at, int line) {
    this.source = source;
    this.at = at;
    this.line = line;
  }

  /** Where the tag ended, once it is read. */
  int end() {
    return at;
  }

  /**
   * The tokens up to the end of the tag.
   *
   * @param end the end, and the white space behind it that is no text
   * @throws TemplateTrouble if there is none
   */
  List<Token> tokens(Pattern end) {
    List<Token> tokens = new ArrayList<>();
    Deque<String> open = new ArrayDeque<>();
    while (true) {
      if (open.isEmpty() && next(end) != null) {
        tokens.add(new Token(Token.Kind.END, "", line));
        return tokens;
      }
      if (at >= source.length()) {
        throw new TemplateTrouble("a tag is not closed").at(line);
      }
      if (Python.isSpace(source.codePointAt(at))) {
        line += source.charAt(at) == '\n' ? 1 : 0;
        at++;
      } else {
        Token token = token();
        balance(open, token);
        tokens.add(token);
      }
    }
  }

  private static void balance(Deque<String> open, Token token) {
    if (token.kind() != Token.Kind.SIGN) {
      return;
    }
    switch (token.text()) {
      case "(" -> open.push(")");
      case "[" -> open.push("]");
      case "{" -> open.push("}");
      case ")", "]", "}" -> {
        if (open.isEmpty() || !open.pop().equals(token.text())) {
          throw new TemplateTrouble("unexpected " + token).at(token.line());
        }
      }
      default -> {
        // No bracket.
      }
    }
  }

  private Token token() {
    int start = line;
    String found = next(DECIMAL);
    if (found != null) {
      return new Token(Token.Kind.DECIMAL, found.replace("_", ""), start);
    }
    found = next(WHOLE);
    if (found != null) {
      return new Token(Token.Kind.WHOLE, found.replace("_", ""), start);
    }
    found = next(NAME);
    if (found != null) {
      return new Token(Token.Kind.NAME, found, start);
    }
    found = next(STRING);
    if (found != null) {
      line += (int) found.chars().filter(c -> c == '\n').count();
      return new Token(Token.Kind.TEXT, unescaped(found, start), start);
    }
    found = next(SIGN);
    if (found != null) {
      return new Token(Token.Kind.SIGN, found, start);
    }
    throw new TemplateTrouble(
            "unexpected '" + Character.toString(source.codePointAt(at)) + "' in a tag")
        .at(start);
  }

  private String next(Pattern pattern) {
    Matcher matcher = pattern.matcher(source).region(at, source.length());
    matcher.useTransparentBounds(true);
    if (!matcher.lookingAt()) {
      return null;
    }
    at = matcher.end();
    return matcher.group();
  }

  /** What a text says; Python knows what its escapes stand for. */
  private static String unescaped(String quoted, int line) {
    String raw = quoted.substring(1, quoted.length() - 1);
    return ESCAPE
        .matcher(raw)
        .replaceAll(match -> Matcher.quoteReplacement(escaped(match.group(), line)));
  }

  private static String escaped(String escape, int line) {
    char kind = escape.charAt(1);
    return switch (kind) {
      case '\n' -> "";
      case '\\', '\'', '"' -> String.valueOf(kind);
      case 'a' -> "\u0007";
      case 'b' -> "\b";
      case 'f' -> "\f";
      case 'n' -> "\n";
      case 'r' -> "\r";
      case 't' -> "\t";
      case 'v' -> "\u000B";
      case '0', '1', '2', '3', '4', '5', '6', '7' -> character(escape.substring(1), 8, line);
      case 'x', 'u', 'U', 'N' -> character(escape.substring(2), 16, line);
      default -> escape;
    };
  }

  private static String character(String number, int radix, int line) {
    if (number.isEmpty() || Long.parseLong(number, radix) > Character.MAX_CODE_POINT) {
      throw new TemplateTrouble("a text has an escape that is cut short, or none of Unicode")
          .at(line);
    }
    return Character.toString(Integer.parseInt(number, radix));
  }
}
