package dev.ablate.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The vocabulary in {@code tokenizer.json}. A token that stands there but not among the added
 * tokens is one that no text can spell: the tokenizer splits its name like any other word.
 *
 * @param json the content of the file
 */
record Vocabulary(byte[] json) {
  private static final JsonFactory JSON = new JsonFactory();

  /** Told of tokens one after another. */
  interface Visitor {
    /** Takes a token with its number; false ends the visit. */
    boolean takes(String token, int id);
  }

  /** The number of a token, if it is there. */
  OptionalInt id(String token) {
    AtomicInteger found = new AtomicInteger(-1);
    visit(
        (other, id) -> {
          if (other.equals(token)) {
            found.set(id);
          }
          return found.get() < 0;
        });
    return found.get() < 0 ? OptionalInt.empty() : OptionalInt.of(found.get());
  }

  /**
   * Goes through the tokens in the order of the file; what is no token with a number is left out.
   */
  void visit(Visitor visitor) {
    ofModel(
        "vocab",
        parser -> {
          switch (parser.currentToken()) {
            case START_OBJECT -> visitObject(parser, visitor);
            case START_ARRAY -> visitArray(parser, visitor);
            default -> {
              // A model without a list of tokens.
            }
          }
          return OptionalInt.empty();
        });
  }

  /** The numbers of the added tokens that are special. */
  Set<Integer> special() {
    Set<Integer> special = new HashSet<>();
    read(
        parser -> {
          if (enters(parser, "added_tokens") && parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() == JsonToken.START_OBJECT) {
              addSpecial(parser, special);
            }
          }
          return OptionalInt.empty();
        });
    return special;
  }

  private static void addSpecial(JsonParser parser, Set<Integer> special) throws IOException {
    int id = -1;
    boolean isSpecial = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      id = key.equals("id") ? parser.getValueAsInt(-1) : id;
      isSpecial |= key.equals("special") && parser.getValueAsBoolean();
      parser.skipChildren();
    }
    if (isSpecial) {
      special.add(id);
    }
  }

  /** The number of the token for what is unknown, which the file gives itself or by its name. */
  OptionalInt unknownId() {
    OptionalInt number = ofModel("unk_id", Vocabulary::number);
    return number.isPresent()
        ? number
        : ofModel(
            "unk_token",
            parser ->
                parser.currentToken() == JsonToken.VALUE_STRING
                    ? id(parser.getText())
                    : OptionalInt.empty());
  }

  private interface Reader {
    OptionalInt read(JsonParser parser) throws IOException;
  }

  /** What is read at the value of a key of the model; nothing where there is none. */
  private OptionalInt ofModel(String key, Reader reader) {
    return read(
        parser -> {
          boolean there =
              enters(parser, "model")
                  && parser.currentToken() == JsonToken.START_OBJECT
                  && enters(parser, key);
          return there ? reader.read(parser) : OptionalInt.empty();
        });
  }

  /** What is read in the file's object. */
  private OptionalInt read(Reader reader) {
    try (JsonParser parser = JSON.createParser(json)) {
      return parser.nextToken() == JsonToken.START_OBJECT
          ? reader.read(parser)
          : OptionalInt.empty();
    } catch (IOException e) {
      // The tokenizer was read from the same bytes, and says what is wrong with them.
      return OptionalInt.empty();
    }
  }

  /** Goes to the value of a key of the object at hand. */
  private static boolean enters(JsonParser parser, String key) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean found = parser.currentName().equals(key);
      parser.nextToken();
      if (found) {
        return true;
      }
      parser.skipChildren();
    }
    return false;
  }

  private static OptionalInt number(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        ? OptionalInt.of(parser.getIntValue())
        : OptionalInt.empty();
  }

  private static void visitObject(JsonParser parser, Visitor visitor) throws IOException {
    boolean goOn = true;
    while (goOn && parser.nextToken() == JsonToken.FIELD_NAME) {
      String token = parser.currentName();
      parser.nextToken();
      OptionalInt id = number(parser);
      goOn = id.isEmpty() || visitor.takes(token, id.getAsInt());
      parser.skipChildren();
    }
  }

  /** Pairs of a piece and its score; its place is its number. */
  private static void visitArray(JsonParser parser, Visitor visitor) throws IOException {
    boolean goOn = true;
    for (int id = 0; goOn && parser.nextToken() == JsonToken.START_ARRAY; id++) {
      goOn = parser.nextToken() != JsonToken.VALUE_STRING || visitor.takes(parser.getText(), id);
      while (goOn && parser.currentToken() != JsonToken.END_ARRAY) {
        parser.nextToken();
      }
    }
  }
}
