package dev.ablate.backend;

/** Fitted trees in the memory of one backend; on the host a {@link Forest}. */
public interface Trees extends AutoCloseable {
  /** Number of trees. */
  int trees();

  /** The trees as flat arrays on the host: these trees themselves when they are there already. */
  Forest toHost();

  /** Frees the memory; on the host it does nothing. */
  @Override
  void close();
}
