package dev.ablate.io;

/**
 * Which input a line of {@code summary.jsonl} is about, and by what its result is known again.
 *
 * @param id names the input
 * @param line where it was read, from 1
 * @param requestSha256 of everything that decides its result
 * @param file the result's name in the folder of the summary, null where there is none
 * @param fileSha256 of the result, null where there is none
 */
public record SummaryEntry(
    String id, int line, String requestSha256, String file, String fileSha256) {
  /** An input that has no result. */
  public static SummaryEntry failed(String id, int line, String requestSha256) {
    return new SummaryEntry(id, line, requestSha256, null, null);
  }
}
