package dev.ablate.backend;

/** Numbers on their way from a backend to the host. */
public interface Arrival {
  /** Waits for them; the second time they are there already. */
  HostBuffer await();

  /** Whether {@link #await} would not wait. */
  boolean here();

  /** Numbers that are there. */
  static Arrival of(HostBuffer numbers) {
    return new Arrival() {
      @Override
      public HostBuffer await() {
        return numbers;
      }

      @Override
      public boolean here() {
        return true;
      }
    };
  }
}
