package dev.ablate.model.remote;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ablate.code.InputException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What was sent and came back, and whether more may be sent. Several threads may count. */
final class Counts {
  private final ServerAddress address;
  private final long most;
  private final Set<String> fingerprints = new LinkedHashSet<>();
  private long answers;
  private Traffic traffic = new Traffic(0, 0, 0, 0, 0);

  /**
   * Nothing was sent yet.
   *
   * @param most requests that may be sent
   */
  Counts(ServerAddress address, long most) {
    this.address = address;
    this.most = most;
  }

  /**
   * Before a request is sent.
   *
   * @param again whether it was sent before
   * @throws InputException if it would be one too many
   */
  synchronized void send(boolean again) {
    if (traffic.requests() >= most) {
      throw InputException.ofAll(
          ServerSettings.MAX_REQUESTS
              + " "
              + most
              + ": so many were sent to the server "
              + address
              + ", and more are needed; raise it");
    }
    traffic =
        new Traffic(
            traffic.requests() + 1,
            traffic.retries() + (again ? 1 : 0),
            traffic.promptTokens(),
            traffic.completionTokens(),
            traffic.cachedTokens());
  }

  /** After an answer came. */
  synchronized void receive(JsonNode reply) {
    answers++;
    Usage usage = Usage.of(reply);
    traffic =
        new Traffic(
            traffic.requests(),
            traffic.retries(),
            traffic.promptTokens() + Math.max(0, usage.prompt()),
            traffic.completionTokens() + Math.max(0, usage.completion()),
            traffic.cachedTokens() + Math.max(0, usage.cached()));
    String fingerprint = reply.path("system_fingerprint").asText("");
    if (!fingerprint.isEmpty() && fingerprints.size() < 100) {
      fingerprints.add(fingerprint);
    }
  }

  /** Answers that came so far. */
  synchronized long answers() {
    return answers;
  }

  synchronized Traffic traffic() {
    return traffic;
  }

  /** Lines about what was noticed. */
  synchronized List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (fingerprints.size() > 1) {
      notes.add(
          "the server answered from "
              + fingerprints.size()
              + " systems (system_fingerprint): values of one may differ from those of another");
    }
    return notes;
  }
}
