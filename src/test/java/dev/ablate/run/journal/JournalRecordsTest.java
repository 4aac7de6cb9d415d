package dev.ablate.run.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class JournalRecordsTest {
  @Test
  void filesBeyondTwoGibibytesHavePlaces() {
    // Four words of key, four bytes of how many follow, a value, a checksum.
    JournalRecords records = new JournalRecords(4, 1, 500, 0);
    assertEquals(500 + 48L * 3_000_000_000L, records.position(3_000_000_000L));
  }
}
