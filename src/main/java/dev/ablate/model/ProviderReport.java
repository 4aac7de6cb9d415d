package dev.ablate.model;

import dev.ablate.model.onnx.ProviderLibraries;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether models can run on an NVIDIA GPU of this machine.
 *
 * @param provider by which, as users name it
 * @param problem what it lacks, by name and how to mend it, in a line; null if it lacks nothing
 */
public record ProviderReport(String provider, String problem) {
  /** One for each provider; none where there is no driver, without which nothing is looked for. */
  public static List<ProviderReport> all() {
    return ProviderLibraries.hasDriver()
        ? Stream.of(ProviderLibraries.values())
            .map(provider -> new ProviderReport(provider.id(), provider.problem()))
            .toList()
        : List.of();
  }
}
