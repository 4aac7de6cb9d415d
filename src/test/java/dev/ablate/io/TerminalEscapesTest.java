package dev.ablate.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalEscapesTest {
  @Test
  void whatTerminalsObeyIsEscapedAndReadBack() throws IOException {
    String text = "\u001b[31m \u007f \u009b2J \u202e \u200b \u4f60\u597d caf\u00e9 \ud83d\ude00";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Json.write(
        out,
        json -> {
          json.writeStartObject();
          json.writeStringField(text, text);
          json.writeEndObject();
        });
    String written = out.toString(StandardCharsets.UTF_8);
    assertEquals(
        "", written.replaceAll("[^\\x00-\\x09\\x0B-\\x1F\\x7F-\\x9F\\u200B\\u202E]", ""), written);
    assertEquals(2, written.split("\u4f60\u597d caf\u00e9", -1).length - 1, written);
    assertEquals(text, new ObjectMapper().readTree(written).get(text).textValue());
  }
}
