package dev.ablate.backend;

/**
 * One place where the operations run. All families of a backend share its memory; buffers of one
 * backend are not accepted by another.
 */
public interface Backend extends AutoCloseable {
  /** Short name, such as {@code host}. */
  String name();

  /** The device in words. */
  String device();

  /** How many threads may share work that is the host's whatever the backend. */
  default int threads() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Version of the device's driver, null where there is none. */
  default String driver() {
    return null;
  }

  /**
   * The same numbers in the memory of this backend: the buffer itself if it lives there, otherwise
   * a copy. Operations take host buffers too, but copy them each time.
   */
  default Buffer upload(Buffer buffer) {
    return buffer;
  }

  /** Bytes moved between the host and the device so far. */
  default Traffic traffic() {
    return Traffic.NONE;
  }

  /**
   * Sends numbers on their way to the host, behind what was asked of this backend so far.
   *
   * @param from a buffer of this backend
   * @param first the first of its elements
   * @param count how many
   */
  default Arrival fetch(Buffer from, long first, int count) {
    return Arrival.of(from.toHost().copyOf((int) first, count));
  }

  /** Bytes of the device's memory that nobody uses; the largest number where nothing limits it. */
  default long freeMemory() {
    return Long.MAX_VALUE;
  }

  /** Memory of zeros. */
  default Buffer zeros(Buffer.Element element, long length) {
    return HostBuffer.zeros(element, Math.toIntExact(length));
  }

  /** Rows of masks and values where they are. */
  Rows rows();

  /** Rows of tokens that masks leave of a text. */
  Tokens tokens();

  /** From what networks give to values. */
  Scores scores();

  /** Masks from seeds. */
  Sampling sampling();

  /** The Walsh-Hadamard transform. */
  Walsh walsh();

  /** Spectra on masks. */
  Evaluation evaluation();

  /** Parity columns and their Gram matrix. */
  Parity parity();

  /** Every interaction up to an order, tested outright. */
  Screening screening();

  /** Interactions whose parities follow signs, without forming all of them. */
  Joins joins();

  /** SPEX bins and peeling. */
  Decoding decoding();

  /** Regression on coded samples. */
  CodedRegression codedRegression();

  /** Gradient-boosted trees on bits. */
  Boosting boosting();

  /** Logistic regressions on many subsets of the same rows. */
  LogisticRegression logisticRegression();

  /** Exact spectra of trees. */
  TreeSpectra treeSpectra();

  /** Lasso and ridge paths on Gram matrices. */
  Paths paths();

  /** Regressions on parities, as sums over rows that stay where they were made. */
  ParityRegression parityRegression();

  /** Gaussian processes whose prior is a spectrum. */
  GaussianProcess gaussianProcess();

  @Override
  void close();
}
