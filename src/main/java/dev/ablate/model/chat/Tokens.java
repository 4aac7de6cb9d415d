package dev.ablate.model.chat;

import java.util.List;

/** The tokens of a tag, one after another. */
final class Tokens {
  private final List<Token> tokens;
  private int at;

  Tokens(List<Token> tokens) {
    this.tokens = tokens;
  }

  /** The next one. */
  Token peek() {
    return tokens.get(at);
  }

  Token next() {
    Token token = tokens.get(at);
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  boolean isSign(String sign) {
    return peek().isSign(sign);
  }

  boolean isName(String name) {
    return peek().isName(name);
  }

  boolean isEnd() {
    return peek().kind() == Token.Kind.END;
  }

  /** Passes over a sign, if it is next. */
  boolean skipSign(String sign) {
    boolean found = isSign(sign);
    if (found) {
      next();
    }
    return found;
  }

  /** Passes over a name, if it is next. */
  boolean skipName(String name) {
    boolean found = isName(name);
    if (found) {
      next();
    }
    return found;
  }

  void requireSign(String sign) {
    if (!skipSign(sign)) {
      throw unexpected("'" + sign + "'");
    }
  }

  /** Any name. */
  String requireName() {
    if (peek().kind() != Token.Kind.NAME) {
      throw unexpected("a name");
    }
    return next().text();
  }

  void requireEnd() {
    if (!isEnd()) {
      throw unexpected("the end of the tag");
    }
  }

  TemplateTrouble unexpected(String wanted) {
    return new TemplateTrouble("unexpected " + peek() + " in place of " + wanted).at(peek().line());
  }
}
