package dev.ablate.backend;

import dev.ablate.backend.host.HostBackend;
import java.util.stream.Stream;

/** The backends that contract tests run over. */
public final class BackendsUnderTest {
  private BackendsUnderTest() {}

  /** Every backend present on this machine. */
  public static Stream<Backend> all() {
    Stream<Backend> host =
        KernelBackends.ONLY.isEmpty()
            ? Stream.of(new HostBackend(1), new HostBackend(2))
            : Stream.empty();
    return Stream.concat(host, KernelBackends.all());
  }
}
