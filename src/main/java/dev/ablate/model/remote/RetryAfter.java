package dev.ablate.model.remote;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How long a server wants to be left alone: {@code Retry-After} of RFC 9110, in seconds or as a
 * date. A date is compared with the server's own {@code Date}, because clocks differ, and zones
 * other than the GMT that the standard wants are understood.
 */
final class RetryAfter {
  /** Seconds that are longer than any run waits; a number beyond would overflow durations. */
  private static final double MOST_SECONDS = 1e9;

  private static final DateTimeFormatter ZONED = formatter("d MMM uuuu HH:mm:ss[ z][ XX][ XXX]");

  /** RFC 850: two digits of the year, of which the ones nearest to now are meant. */
  private static final DateTimeFormatter SHORT_YEAR =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .appendPattern("d-MMM-")
          .appendValueReduced(
              ChronoField.YEAR, 2, 2, java.time.LocalDate.now(ZoneOffset.UTC).minusYears(50))
          .appendPattern(" HH:mm:ss z")
          .toFormatter(Locale.US);

  /** The C library's form, always of UTC. */
  private static final DateTimeFormatter ASCTIME = formatter("MMM d HH:mm:ss uuuu");

  private RetryAfter() {}

  private static DateTimeFormatter formatter(String pattern) {
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern(pattern)
        .toFormatter(Locale.US);
  }

  /**
   * How long; 0 where that time is over.
   *
   * @param now by this machine's clock, for servers that do not tell their own
   * @return empty where the server does not say, or not in a way that anybody understands
   */
  static Optional<Duration> of(HttpHeaders headers, Instant now) {
    Optional<Duration> millis =
        headers
            .firstValue("retry-after-ms")
            .flatMap(RetryAfter::seconds)
            .map(d -> d.dividedBy(1000));
    if (millis.isPresent()) {
      return millis;
    }
    Optional<String> said = headers.firstValue("Retry-After");
    Optional<Duration> seconds = said.flatMap(RetryAfter::seconds);
    if (seconds.isPresent()) {
      return seconds;
    }
    Instant clock = headers.firstValue("Date").flatMap(RetryAfter::date).orElse(now);
    return said.flatMap(RetryAfter::date)
        .map(then -> Duration.between(clock, then))
        .map(wait -> wait.isNegative() ? Duration.ZERO : wait);
  }

  private static Optional<Duration> seconds(String said) {
    String word = said.strip();
    if (!word.matches("[0-9]+(\\.[0-9]*)?")) {
      return Optional.empty();
    }
    double seconds = Math.min(Double.parseDouble(word), MOST_SECONDS);
    return Optional.of(Duration.ofMillis((long) Math.ceil(seconds * 1000)));
  }

  private static Optional<Instant> date(String said) {
    // The day of the week says nothing that the date does not, and servers get it wrong.
    String date =
        said.strip().replaceFirst("^[A-Za-z]+day,?\\s+|^[A-Za-z]{3},?\\s+(?=\\d|[A-Za-z])", "");
    String plain = date.replaceAll("\\s+", " ");
    for (DateTimeFormatter form : List.of(ZONED, SHORT_YEAR)) {
      try {
        return Optional.of(ZonedDateTime.parse(plain, form).toInstant());
      } catch (DateTimeException e) {
        continue;
      }
    }
    for (DateTimeFormatter form : List.of(ASCTIME, ZONED)) {
      try {
        return Optional.of(LocalDateTime.parse(plain, form).toInstant(ZoneOffset.UTC));
      } catch (DateTimeException e) {
        continue;
      }
    }
    return Optional.empty();
  }
}
