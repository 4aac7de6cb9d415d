package dev.ablate.io;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.solve.Kept;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keys of a file as they were read.
 *
 * @param entries plain numbers, strings, booleans, lists and maps
 */
record KeptKeys(Map<String, Object> entries) implements Kept {
  /** Copies the entries and keeps their order. */
  KeptKeys {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /** All keys of an object. */
  static KeptKeys of(JsonNode object) {
    return new KeptKeys(
        Json.MAPPER.convertValue(object, new TypeReference<Map<String, Object>>() {}));
  }
}
