package dev.ablate.model.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ablate.code.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {
  @ParameterizedTest
  @CsvSource({
    "http://localhost:8000, http://localhost:8000/v1",
    "http://localhost:8000/, http://localhost:8000/v1",
    "HTTPS://Api.Example.com/v1/, https://api.example.com/v1",
    "http://[::1]:80/v1/chat/completions, http://[::1]:80/v1",
    "http://h/openai/v2/embeddings, http://h/openai/v2",
    "http://h/v1/completions?api-version=3#x, http://h/v1",
    "' http://h/v1/models', http://h/v1",
  })
  void addressesAreMeantAsPeopleWriteThem(String text, String base) {
    assertTrue(ServerAddress.isOne(text.strip()));
    assertEquals(base, ServerAddress.parse(text).toString());
  }

  @Test
  void theQueryTravelsAndIsNotShown() {
    ServerAddress address = ServerAddress.parse("https://h/v1?token=s3cret");
    assertEquals("https://h/v1/models?token=s3cret", address.at("/models").toString());
    assertFalse(address.toString().contains("s3cret"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://, ''",
    "http:///v1, names no host",
    "http://my_host/v1, names a host with an underscore",
    "http://h:99999/v1, port 99999 is not from 1 to 65535",
    "http://a b/v1, illegal character",
    "http://user:s3cret@h/v1, holds credentials",
    "http://s3cret@, ''",
    "http://s3cret@[, ''",
    "http://h:x/v1?s3cret, names no host",
  })
  void whatIsNoneIsSaidWithoutSecrets(String text, String what) {
    InputException e = assertThrows(InputException.class, () -> ServerAddress.parse(text));
    assertTrue(e.getMessage().startsWith("model "), e.getMessage());
    assertTrue(e.getMessage().contains(what), e.getMessage());
    assertTrue(e.getMessage().contains("like http://localhost:8000/v1"), e.getMessage());
    assertFalse(e.getMessage().contains("s3cret"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:8000, true",
    "127.0.0.1:8000/v1, true",
    "http:/localhost:8000, true",
    "[::1]:80/v1, true",
    "models/mine, false",
    "C:models, false",
    "mine, false",
  })
  void whatLacksAFrontMayBeMeant(String path, boolean meant) {
    assertEquals(meant, ServerAddress.mayBeMeant(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"models/mine", "bundled:facts", "http", "httpx://a", "ftp://a"})
  void pathsAreNoAddresses(String text) {
    assertFalse(ServerAddress.isOne(text));
  }
}
