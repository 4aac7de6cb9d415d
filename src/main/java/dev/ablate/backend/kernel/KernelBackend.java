package dev.ablate.backend.kernel;

import dev.ablate.backend.Arrival;
import dev.ablate.backend.Backend;
import dev.ablate.backend.Boosting;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.CodedRegression;
import dev.ablate.backend.Decoding;
import dev.ablate.backend.Evaluation;
import dev.ablate.backend.GaussianProcess;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Joins;
import dev.ablate.backend.LogisticRegression;
import dev.ablate.backend.Parity;
import dev.ablate.backend.ParityRegression;
import dev.ablate.backend.Paths;
import dev.ablate.backend.Rows;
import dev.ablate.backend.Sampling;
import dev.ablate.backend.Scores;
import dev.ablate.backend.Screening;
import dev.ablate.backend.Tokens;
import dev.ablate.backend.Traffic;
import dev.ablate.backend.TreeSpectra;
import dev.ablate.backend.Walsh;

/** The operations as kernels of one device. Safe from several threads. */
public final class KernelBackend implements Backend {
  private final Runtime runtime;
  private final Rows rows;
  private final Tokens tokens;
  private final Scores scores;
  private final Sampling sampling;
  private final Screening screening;
  private final Joins joins;
  private final Walsh walsh;
  private final Evaluation evaluation;
  private final Parity parity;
  private final Decoding decoding;
  private final CodedRegression codedRegression;
  private final Boosting boosting;
  private final LogisticRegression logisticRegression;
  private final TreeSpectra treeSpectra;
  private final Paths paths;
  private final ParityRegression parityRegression;
  private final GaussianProcess gaussianProcess;

  /** A backend on a device, which is closed with it. */
  public KernelBackend(Device device, Tuning tuning) {
    this.runtime = new Runtime(device, tuning);
    this.rows = new KernelRows(runtime);
    this.tokens = new KernelTokens(runtime);
    this.scores = new KernelScores(runtime);
    this.sampling = new KernelSampling(runtime);
    this.screening = new KernelScreening(runtime, rows);
    this.joins = new KernelJoins(runtime);
    this.walsh = new KernelWalsh(runtime);
    this.evaluation = new KernelEvaluation(runtime);
    this.parity = new KernelParity(runtime);
    this.decoding = new KernelDecoding(runtime);
    this.codedRegression = new KernelCodedRegression(runtime);
    this.boosting = new KernelBoosting(runtime);
    this.logisticRegression = new KernelLogisticRegression(runtime);
    this.treeSpectra = new KernelTreeSpectra(runtime);
    this.paths = new KernelPaths(runtime);
    this.parityRegression = new KernelParityRegression(runtime, parity, rows);
    this.gaussianProcess = new KernelGaussianProcess(runtime, parity);
  }

  /** The device behind the operations. */
  public Device deviceHandle() {
    return runtime.device();
  }

  @Override
  public String name() {
    return runtime.device().kind();
  }

  @Override
  public String device() {
    return runtime.device().name();
  }

  @Override
  public String driver() {
    return runtime.device().driver();
  }

  @Override
  public Buffer upload(Buffer buffer) {
    return buffer instanceof KernelBuffer here && here.device() == runtime.device()
        ? here
        : runtime.upload(buffer);
  }

  @Override
  public Traffic traffic() {
    return runtime.device().traffic();
  }

  @Override
  public Arrival fetch(Buffer from, long first, int count) {
    if (!(from instanceof KernelBuffer here)) {
      return Backend.super.fetch(from, first, count);
    }
    HostBuffer to = HostBuffer.zeros(here.element(), count);
    return count == 0 ? Arrival.of(to) : here.device().send(here.fetch(first, to));
  }

  @Override
  public long freeMemory() {
    return runtime.device().freeMemory();
  }

  /**
   * Where a buffer lies on the device, for those who share its memory; 0 where it has no address.
   *
   * @param buffer of this backend
   */
  public long address(Buffer buffer) {
    KernelBuffer here = (KernelBuffer) buffer;
    if (here.device() != runtime.device()) {
      throw new IllegalArgumentException("a buffer of another device");
    }
    return here.memory().address();
  }

  @Override
  public Buffer zeros(Buffer.Element element, long length) {
    KernelBuffer buffer = runtime.allocate(element, length);
    runtime.device().clear(buffer.memory(), 0, buffer.memory().bytes());
    return buffer;
  }

  @Override
  public Rows rows() {
    return rows;
  }

  @Override
  public Tokens tokens() {
    return tokens;
  }

  @Override
  public Scores scores() {
    return scores;
  }

  @Override
  public Sampling sampling() {
    return sampling;
  }

  @Override
  public Walsh walsh() {
    return walsh;
  }

  @Override
  public Evaluation evaluation() {
    return evaluation;
  }

  @Override
  public Parity parity() {
    return parity;
  }

  @Override
  public Screening screening() {
    return screening;
  }

  @Override
  public Joins joins() {
    return joins;
  }

  @Override
  public Decoding decoding() {
    return decoding;
  }

  @Override
  public CodedRegression codedRegression() {
    return codedRegression;
  }

  @Override
  public Boosting boosting() {
    return boosting;
  }

  @Override
  public LogisticRegression logisticRegression() {
    return logisticRegression;
  }

  @Override
  public TreeSpectra treeSpectra() {
    return treeSpectra;
  }

  @Override
  public Paths paths() {
    return paths;
  }

  @Override
  public ParityRegression parityRegression() {
    return parityRegression;
  }

  @Override
  public GaussianProcess gaussianProcess() {
    return gaussianProcess;
  }

  @Override
  public void close() {
    runtime.device().close();
  }
}
