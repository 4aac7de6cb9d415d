package dev.ablate.explanation;

import dev.ablate.solve.FitReport;
import dev.ablate.solve.Kept;
import dev.ablate.solve.Unwrapped;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * What a run chose on its way. The components are the keys of {@code provenance.settings} in {@code
 * explanation.json}, in this order and with underscores. What does not apply, or what a file does
 * not say, is null; lists and maps are empty instead.
 *
 * @param derived how the explanation was computed from others; nothing else is known then
 * @param backendChoice which backend was taken and why
 * @param providerChoice where the model ran and why
 * @param bytesToDevice bytes that the run copied to its device, null on the host
 * @param bytesToHost bytes that it copied back, null on the host
 * @param model where the model came from
 * @param modelHashes SHA-256 of the model's parts by name, without the network, whose hash is
 *     {@link Provenance#modelSha256}
 * @param lens the settings of the lens: plain strings, numbers and lists by name
 * @param design kind of the masks' design
 * @param designMasks number of its masks, repeats counted
 * @param rounds how masks were spent in rounds
 * @param journalMasks masks whose values the journal had
 * @param index the index that was asked for
 * @param order the highest order that was asked for
 * @param solver what the solver chose for each output
 * @param notes lines for the user, such as warnings
 * @param kept what else a file says
 */
public record RunReport(
    String derived,
    String backendChoice,
    String providerChoice,
    Long bytesToDevice,
    Long bytesToHost,
    String model,
    @Unwrapped Map<String, String> modelHashes,
    @Unwrapped Map<String, Object> lens,
    String design,
    Long designMasks,
    RoundsReport rounds,
    Long journalMasks,
    String index,
    Integer order,
    PerOutput<FitReport> solver,
    List<String> notes,
    @Unwrapped Kept kept) {
  /** Of which nothing is known. */
  public static final RunReport NONE = derived(null);

  /** Copies the list and the maps, whose order it keeps. */
  public RunReport {
    modelHashes = Collections.unmodifiableMap(new LinkedHashMap<>(modelHashes));
    lens = Collections.unmodifiableMap(new LinkedHashMap<>(lens));
    notes = List.copyOf(notes);
  }

  /**
   * That of an explanation computed from others.
   *
   * @param how such as {@code sum of 2}
   */
  public static RunReport derived(String how) {
    return new RunReport(
        how, null, null, null, null, null, Map.of(), Map.of(), null, null, null, null, null, null,
        null, List.of(), null);
  }

  /**
   * What the lens did, such as {@code ablate mask, keep plot}. Texts with blanks in them stand in
   * quotes; empty lists say nothing, and numbers of tokens and hashes say nothing to a reader.
   */
  public String lensInWords() {
    StringJoiner words = new StringJoiner(", ");
    lens.forEach(
        (name, value) -> {
          String said =
              value instanceof List<?> list
                  ? list.stream()
                      .filter(String.class::isInstance)
                      .map(RunReport::quoted)
                      .collect(Collectors.joining(" "))
                  : quoted(value);
          if (!said.isEmpty() && !name.endsWith("_sha256")) {
            words.add(name + " " + said);
          }
        });
    return words.toString();
  }

  private static String quoted(Object value) {
    String text = String.valueOf(value);
    return text.chars().anyMatch(Character::isWhitespace) ? '"' + text + '"' : text;
  }
}
