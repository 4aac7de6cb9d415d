package dev.ablate.backend;

/** Numbers on their way from a backend to the host. */
public interface Arrival {
  /** Waits for them; the second time they are there already. */
  HostBuffer await();

  /** Whether {@link #await} would not wait. */
  boolean here();
}
