package dev.ablate.model.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.code.InputException;
import dev.ablate.json.StrictJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * What {@code tokenizer.json} says, before the library sees it. Vocabulary and merges, which are
 * nearly all of it, are looked at and not kept.
 *
 * @param parts all but the model, by name; null if the file is the model's alone
 * @param model the small entries of the model
 * @param vocabulary what the vocabulary is like
 */
record TokenizerFile(ObjectNode parts, ObjectNode model, Vocabulary vocabulary) {
  /** Numbers of tokens are ints to the network. */
  static final int LARGEST_ID = Integer.MAX_VALUE;

  private static final int LONGEST_REASON = 300;

  // Names are not interned: a vocabulary has hundreds of thousands, each once.
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
              .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .build());

  /**
   * What a vocabulary is like.
   *
   * @param kind whether it is numbers by token, a list of tokens with scores, or something else
   * @param longest UTF-16 units of its longest token
   */
  record Vocabulary(Kind kind, int longest) {
    enum Kind {
      NUMBERS,
      SCORES,
      OTHER
    }
  }

  /**
   * Reads a file.
   *
   * @param json its content
   * @param origin where it came from, for messages
   * @throws InputException if it is not UTF-8, no JSON object, gives a key twice or a token a
   *     number that is none, or if its post-processor cannot work
   */
  static TokenizerFile read(byte[] json, String origin) {
    try (JsonParser parser = JSON.createParser(utf8(json, origin))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw noTokenizer(origin, "it holds no JSON object", null);
      }
      ObjectNode parts = JSON.createObjectNode();
      ObjectNode model = JSON.createObjectNode();
      Vocabulary vocabulary = new Vocabulary(Vocabulary.Kind.OTHER, 0);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() == JsonToken.START_OBJECT && name.equals("model")) {
          vocabulary = readModel(parser, model, origin);
          parts.putObject(name);
        } else {
          parts.set(name, tree(parser));
        }
      }
      if (parser.nextToken() != null) {
        throw noTokenizer(origin, "something follows its JSON object", null);
      }
      TokenizerFile file = new TokenizerFile(parts, model, vocabulary);
      SpoiltParts.refuse(file, origin);
      return file;
    } catch (JsonProcessingException e) {
      throw noTokenizer(origin, "it is no JSON" + place(e) + ": " + StrictJson.reason(e), e);
    } catch (IOException e) {
      throw noTokenizer(origin, e.getMessage(), e);
    }
  }

  private static Vocabulary readModel(JsonParser parser, ObjectNode model, String origin)
      throws IOException {
    Vocabulary vocabulary = new Vocabulary(Vocabulary.Kind.OTHER, 0);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (name.equals("vocab") && value == JsonToken.START_OBJECT) {
        vocabulary = readNumbers(parser, origin);
      } else if (name.equals("vocab") && value == JsonToken.START_ARRAY) {
        vocabulary = readScores(parser);
      } else if (name.equals("merges")) {
        parser.skipChildren();
      } else {
        model.set(name, tree(parser));
      }
    }
    return vocabulary;
  }

  /** {@code {"token": number, …}}. */
  private static Vocabulary readNumbers(JsonParser parser, String origin) throws IOException {
    Vocabulary.Kind kind = Vocabulary.Kind.NUMBERS;
    int longest = 0;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String token = parser.currentName();
      longest = Math.max(longest, token.length());
      if (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
        boolean small = parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        requireId(small ? parser.getLongValue() : -1, token, origin);
      } else {
        kind = Vocabulary.Kind.OTHER;
        parser.skipChildren();
      }
    }
    return new Vocabulary(kind, longest);
  }

  /** {@code [["token", score], …]}. */
  private static Vocabulary readScores(JsonParser parser) throws IOException {
    Vocabulary.Kind kind = Vocabulary.Kind.SCORES;
    int longest = 0;
    for (JsonToken at = parser.nextToken();
        at != JsonToken.END_ARRAY && at != null;
        at = parser.nextToken()) {
      if (at == JsonToken.START_ARRAY
          && parser.nextToken() == JsonToken.VALUE_STRING
          && kind == Vocabulary.Kind.SCORES) {
        longest = Math.max(longest, parser.getTextLength());
        boolean pair = parser.nextToken().isNumeric() && parser.nextToken() == JsonToken.END_ARRAY;
        kind = pair ? kind : Vocabulary.Kind.OTHER;
      } else {
        kind = Vocabulary.Kind.OTHER;
      }
      if (kind == Vocabulary.Kind.OTHER) {
        skipToEndOf(parser);
        return new Vocabulary(kind, longest);
      }
    }
    return new Vocabulary(kind, longest);
  }

  private static void skipToEndOf(JsonParser parser) throws IOException {
    // The vocabulary's array is in the model's object, which is in the file's.
    while (parser.getParsingContext().getNestingDepth() > 2) {
      parser.nextToken();
    }
  }

  private static JsonNode tree(JsonParser parser) throws IOException {
    return JSON.readTree(parser);
  }

  /** Java's own decoding is quick, and marks what is wrong; only then it is looked for. */
  private static String utf8(byte[] json, String origin) {
    String text = new String(json, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0) {
      ByteBuffer in = ByteBuffer.wrap(json);
      try {
        StandardCharsets.UTF_8.newDecoder().decode(in);
      } catch (CharacterCodingException e) {
        throw noTokenizer(origin, "it is not UTF-8 at byte " + in.position(), e);
      }
    }
    return text;
  }

  /**
   * Requires that a number is one of a token.
   *
   * @throws InputException otherwise
   */
  static void requireId(long id, String token, String origin) {
    if (id < 0 || id > LARGEST_ID) {
      throw noTokenizer(
          origin,
          "it gives the token \"" + token + "\" a number that is not one of 0 to " + LARGEST_ID,
          null);
    }
  }

  /** Says that a file is no tokenizer, why, and what to do. */
  static InputException noTokenizer(String origin, String reason, Throwable cause) {
    return new InputException(
        origin
            + " is no tokenizer: "
            + shortened(reason)
            + "; save it with tokenizer.save_pretrained() of a fast tokenizer",
        cause);
  }

  /** One line of bearable length: what a file holds may be of any. */
  static String shortened(String reason) {
    String line = reason.strip().replaceAll("\\s*\\R\\s*", " ");
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "…";
  }

  private static String place(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
  }
}
