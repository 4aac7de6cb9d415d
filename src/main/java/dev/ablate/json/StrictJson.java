package dev.ablate.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.ablate.code.Characters;
import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import dev.ablate.code.OneLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON from outside: UTF-8, one value and nothing after it, each key once, texts of any
 * length. {@code NaN} and {@code Infinity}, which Python writes, are read as numbers: whoever reads
 * a key refuses them there, and where nobody reads it they do no harm.
 */
public final class StrictJson {
  private static final int MOST_REASON = 160;

  /** What some editors put before the first character. */
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private StrictJson() {}

  /**
   * Reads a stream to its end.
   *
   * @param where what the stream is of, for messages
   * @return the value; a missing node where there is nothing but white space
   * @throws InputException if it is not JSON; the message says what is wrong and where
   * @throws IOException if the stream cannot be read
   */
  public static JsonNode read(InputStream in, String where) throws IOException {
    return read(
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder())), where);
  }

  /**
   * Reads a text.
   *
   * @param where what the text is of, for messages
   * @return the value; a missing node where there is nothing but white space
   * @throws InputException if it is not JSON; the message says what is wrong and where
   */
  public static JsonNode parse(String text, String where) {
    try {
      return read(new StringReader(text), where);
    } catch (IOException e) {
      throw new InputException("cannot read " + where + ": " + FileTrouble.reason(e), e);
    }
  }

  private static JsonNode read(Reader in, String where) throws IOException {
    try {
      skipMark(in);
      try (JsonParser parser = MAPPER.createParser(in)) {
        JsonNode value = MAPPER.readTree(parser);
        if (parser.nextToken() != null) {
          throw new InputException(
              where
                  + " holds more after the end of its JSON value"
                  + place(parser.currentTokenLocation())
                  + ": take that out");
        }
        return value == null ? MissingNode.getInstance() : value;
      }
    } catch (JacksonException e) {
      throw new InputException(
          where + " is no JSON: " + trouble(e) + "; mend or write it again", e);
    } catch (CharacterCodingException e) {
      throw new InputException(where + " is not UTF-8 text: save it as UTF-8", e);
    }
  }

  private static void skipMark(Reader in) throws IOException {
    in.mark(1);
    if (in.read() != BYTE_ORDER_MARK) {
      in.reset();
    }
  }

  /**
   * What the parser says and of which place, without its own names for what it read from, for its
   * limits and for what it might be told to take.
   */
  public static String trouble(JacksonException e) {
    String said =
        Characters.line(e.getOriginalMessage())
            .replaceAll("\\[Source: [^;]*; line: (\\d+), column: (\\d+)\\]", "line $1, column $2")
            .replaceAll(", from `[^`]*`", "")
            .replaceAll(" \\(not recognized as one since Feature [^)]*\\)", "")
            .replaceAll(": (expected|was expecting) .*", "");
    return OneLine.brief(said, MOST_REASON) + place(e.getLocation());
  }

  private static String place(JsonLocation at) {
    return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
  }
}
