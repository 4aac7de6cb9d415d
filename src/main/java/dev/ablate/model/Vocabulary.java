package dev.ablate.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.OptionalInt;

/**
 * The vocabulary in {@code tokenizer.json}. A token that stands there but not among the added
 * tokens is one that no text can spell: the tokenizer splits its name like any other word.
 *
 * @param json the content of the file
 */
record Vocabulary(byte[] json) {
  private static final JsonFactory JSON = new JsonFactory();

  /** The number of a token, if it is there. */
  OptionalInt id(String token) {
    return ofModel(
        "vocab",
        parser ->
            switch (parser.currentToken()) {
              case START_OBJECT -> inObject(parser, token);
              case START_ARRAY -> inArray(parser, token);
              default -> OptionalInt.empty();
            });
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
    try (JsonParser parser = JSON.createParser(json)) {
      boolean there =
          parser.nextToken() == JsonToken.START_OBJECT
              && enters(parser, "model")
              && parser.currentToken() == JsonToken.START_OBJECT
              && enters(parser, key);
      return there ? reader.read(parser) : OptionalInt.empty();
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

  private static OptionalInt inObject(JsonParser parser, String token) throws IOException {
    return enters(parser, token) ? number(parser) : OptionalInt.empty();
  }

  private static OptionalInt number(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        ? OptionalInt.of(parser.getIntValue())
        : OptionalInt.empty();
  }

  /** Pairs of a piece and its score; its place is its number. */
  private static OptionalInt inArray(JsonParser parser, String token) throws IOException {
    for (int id = 0; parser.nextToken() == JsonToken.START_ARRAY; id++) {
      if (parser.nextToken() == JsonToken.VALUE_STRING && parser.getText().equals(token)) {
        return OptionalInt.of(id);
      }
      while (parser.currentToken() != JsonToken.END_ARRAY) {
        parser.nextToken();
      }
    }
    return OptionalInt.empty();
  }
}
