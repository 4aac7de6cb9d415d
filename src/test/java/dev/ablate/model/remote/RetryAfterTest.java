package dev.ablate.model.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static Optional<Duration> pause(String... headers) {
    Map<String, List<String>> all = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], List.of(headers[i + 1]));
    }
    return RetryAfter.of(HttpHeaders.of(all, (name, value) -> true), NOW);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7                                  | 7000",
        "0                                  | 0",
        "1.5                                | 1500",
        "' 30 '                             | 30000",
        "99999999999999999999               | 1000000000000",
        "Sun, 01 Mar 2026 12:00:09 GMT      | 9000",
        "Sun, 1 Mar 2026 12:00:09 gmt       | 9000",
        "Sun, 01 Mar 2026 12:00:09 UTC      | 9000",
        "Sun, 01 Mar 2026 14:00:09 +0200    | 9000",
        "Sun, 01 Mar 2026 17:30:09 +05:30   | 9000",
        "Sun, 01 Mar 2026 07:00:09 EST      | 9000",
        "Sun, 01 Mar 2026 13:00:09 CET      | 9000",
        "Sun, 01 Mar 2026 12:00:09          | 9000",
        "Mon, 01 Mar 2026 12:00:09 GMT      | 9000",
        "01 Mar 2026 12:00:09 GMT           | 9000",
        "Sunday, 01-Mar-26 12:00:09 GMT     | 9000",
        "Sun Mar  1 12:00:09 2026           | 9000",
        "Sun, 01 Mar 2026 11:00:00 GMT      | 0",
        "Sun, 06 Nov 1994 08:49:37 GMT      | 0",
      })
  void secondsAndDatesOfAnyZone(String said, long millis) {
    assertEquals(Optional.of(Duration.ofMillis(millis)), pause("Retry-After", said));
  }

  @ParameterizedTest
  @CsvSource({"soon", "-5", "NaN", "''", "'Sun, 41 Mar 2026 12:00:09 GMT'", "1h"})
  void whatNobodyUnderstandsIsNotHeeded(String said) {
    assertEquals(Optional.empty(), pause("Retry-After", said));
  }

  @Test
  void theServersOwnClockIsWhatItsDatesAreComparedWith() {
    // Its clock is three hours ahead, and it wants nine seconds.
    ZonedDateTime ahead = NOW.atZone(ZoneOffset.UTC).plusHours(3);
    DateTimeFormatter form =
        DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);
    assertEquals(
        Optional.of(Duration.ofSeconds(9)),
        pause("Date", form.format(ahead), "Retry-After", form.format(ahead.plusSeconds(9))));
    assertEquals(
        Optional.of(Duration.ofSeconds(9)),
        pause(
            "Date",
            "no date",
            "Retry-After",
            form.format(NOW.atZone(ZoneOffset.UTC).plusSeconds(9))));
  }

  @Test
  void millisecondsGoFirst() {
    assertEquals(
        Optional.of(Duration.ofMillis(250)), pause("retry-after-ms", "250", "Retry-After", "9"));
    assertEquals(Optional.empty(), pause());
  }
}
