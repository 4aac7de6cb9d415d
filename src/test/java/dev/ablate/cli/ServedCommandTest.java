package dev.ablate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ablate.model.remote.Lie;
import dev.ablate.model.remote.TestModel;
import dev.ablate.model.remote.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code explain --model http://…}: from the command to the file, and lines about bad servers. */
class ServedCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TWO = "{\"text\": \"two days\"}";
  private static final String TEXT = "a good and fine day";

  @TempDir private Path folder;

  private final TestServer server = TestServer.start(TestModel.standard());

  @AfterEach
  void close() {
    server.close();
  }

  private Cli.Result explain(String... more) {
    List<Object> words = new ArrayList<>(List.of("explain", "--model", server.address()));
    words.addAll(Arrays.asList(more));
    return Cli.run(words.toArray());
  }

  private void requireLine(Cli.Result result, String... named) {
    assertEquals(2, result.status(), result.err());
    assertEquals(1, result.err().lines().count(), result.err());
    for (String word : named) {
      assertTrue(result.err().contains(word), result.err());
    }
    assertEquals("", result.out());
  }

  private JsonNode explained(String... more) throws IOException {
    Path file = folder.resolve("explanation.json");
    List<String> words = new ArrayList<>(Arrays.asList(more));
    words.addAll(List.of("--json", file.toString()));
    Cli.Result result = explain(words.toArray(String[]::new));
    assertEquals(0, result.status(), result.err());
    return JSON.readTree(Files.readAllBytes(file));
  }

  @Test
  void anAnswersOddsAreExplainedAndTheFileSaysWhoGaveThem() throws IOException {
    JsonNode file = explained("--text", TEXT, "--answer", " yes", "--against", " no");
    assertEquals("answer-log-odds", file.path("value").asText());
    // log-odds: 1.5 with "good" and -0.5 without, 1 for "fine" with "day", against -1.
    assertEquals(3.5, file.path("fit").path("all").asDouble(), 1e-9);
    assertEquals(0.5, file.path("fit").path("none").asDouble(), 1e-9);
    JsonNode settings = file.path("provenance").path("settings");
    assertEquals(server.address(), settings.path("server").asText());
    assertEquals(TestServer.MODEL, settings.path("model_name").asText());
    assertEquals("completions", settings.path("protocol").asText());
    assertEquals(server.requests(), settings.path("requests").asLong());
    assertTrue(settings.path("characters_saved").asLong() > 0);
    JsonNode first = file.path("interactions").path("values").path(0);
    assertEquals("[1]", first.path("features").toString());
    assertEquals(2.0, first.path("value").asDouble(), 1e-6);
  }

  @Test
  void aChatInAFileIsSentAsItIs() throws IOException {
    Path chat =
        Files.writeString(
            folder.resolve("chat.json"),
            "{\"messages\": [{\"role\": \"system\", \"content\": \"Be brief.\", \"ablate\": false},"
                + " {\"role\": \"user\", \"content\": \"a good and bad day\"}],"
                + " \"answer\": [\"yes\", \"no\"]}");
    JsonNode file = explained("--prompt", chat.toString(), "--unit", "word");
    assertEquals(5, file.path("features").asInt());
    assertTrue(
        server.asked().containsKey("system: Be brief.\nuser: a good and bad day\nassistant:"));
  }

  @Test
  void manyTextsAreTriedOnceAndEachHasItsFile() throws IOException {
    Path input = folder.resolve("texts.jsonl");
    Files.write(
        input,
        List.of(
            "{\"text\": \"one good day\", \"answer\": \" yes\"}",
            "{\"text\": \"one bad day\", \"answer\": \" no\"}",
            "{\"text\": \"a fine day\", \"answer\": \" yes\"}"));
    Path out = folder.resolve("out");
    Cli.Result result = explain("--input", input.toString(), "--out", out.toString());
    assertEquals(0, result.status(), result.err());
    for (int line = 1; line <= 3; line++) {
      JsonNode file = JSON.readTree(Files.readAllBytes(out.resolve(line + ".json")));
      assertEquals("answer", file.path("value").asText());
    }
    // The list of models, 17 to try it, and eight masks a text, some of them asked while trying.
    assertTrue(server.requests() <= 1 + 17 + 3 * 8, server.requests() + " requests");
  }

  @Test
  void whatAllTextsWouldFailAtEndsTheRunInOneLine() throws IOException {
    Path input = folder.resolve("texts.jsonl");
    Files.write(
        input,
        List.of("{\"text\": \"one good day\"}", "{\"text\": \"one bad day\"}", TWO, TWO, TWO));
    Path out = folder.resolve("out");
    String[] words = {"--input", input.toString(), "--out", out.toString(), "--threads", "1"};
    List<String> few = new ArrayList<>(List.of(words));
    few.addAll(List.of("--max-requests", "3"));
    requireLine(explain(few.toArray(String[]::new)), "--max-requests 3", "raise it");
    server.answering(
        (exchange, request) -> {
          boolean list = request.isEmpty();
          if (!list) {
            exchange.sendResponseHeaders(401, -1);
          }
          return !list;
        });
    requireLine(explain(words), "lets nobody in (401)");
  }

  @Test
  void aJournalBelongsToItsServerAndModel() {
    Path journal = folder.resolve("journal");
    String[] words = {"--text", TEXT, "--answer", " yes", "--resume", journal.toString()};
    assertEquals(0, explain(words).status());
    server.listing("another");
    requireLine(explain(words), "the journal is of another model name", "another");
  }

  @Test
  void whatIsWrongWithAServerIsOneLine() {
    requireLine(explain("--text", TEXT, "--model-name", "gone", "--answer", " yes"), "gone");
    requireLine(
        explain(
            "--text",
            TEXT,
            "--answer",
            " yes",
            "--probe",
            "no",
            "--max-requests",
            "20",
            "--json",
            folder.resolve("never.json").toString()),
        "--max-requests",
        "evaluated masks are kept in " + folder);
    assertFalse(Files.exists(folder.resolve("never.json")));
    server.taking(3);
    requireLine(explain("--text", TEXT, "--answer", " yes"), "longer than the model takes");
    server.taking(Integer.MAX_VALUE).lying(Lie.NO_LOG_PROBABILITIES);
    requireLine(explain("--text", TEXT, "--answer", " yes"), "--protocol chat");
    server.answering(
        (exchange, request) -> {
          byte[] page = "<html><body>Sign in</body></html>".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          return true;
        });
    requireLine(explain("--text", TEXT), "a web page where JSON should be");
  }

  @Test
  void aKeyStandsNowhere() throws IOException {
    server.wanting("of-nobody");
    Cli.Result result = explain("--text", TEXT, "--key-variable", "ABLATE_TEST_UNSET");
    requireLine(result, "ABLATE_TEST_UNSET");
    assertFalse(result.err().contains("of-nobody"));
  }
}
