package dev.ablate.model.chat;

/**
 * A piece of what stands in a tag.
 *
 * @param kind what it is
 * @param text how it is written; of a text what it says
 * @param line where it is in the template, from 1
 */
record Token(Kind kind, String text, int line) {
  enum Kind {
    NAME,
    TEXT,
    WHOLE,
    DECIMAL,
    SIGN,
    END
  }

  boolean isSign(String sign) {
    return kind == Kind.SIGN && text.equals(sign);
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }

  @Override
  public String toString() {
    return kind == Kind.END ? "the end of the tag" : "'" + text + "'";
  }
}
