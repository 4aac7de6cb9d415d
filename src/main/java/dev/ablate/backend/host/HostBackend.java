package dev.ablate.backend.host;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Boosting;
import dev.ablate.backend.CodedRegression;
import dev.ablate.backend.Decoding;
import dev.ablate.backend.Evaluation;
import dev.ablate.backend.GaussianProcess;
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
import dev.ablate.backend.TreeSpectra;
import dev.ablate.backend.Walsh;

/** The operations in plain Java on all cores. Safe from several threads. */
public final class HostBackend implements Backend {
  private final Workers workers;
  private final Rows rows = new HostRows();
  private final Tokens tokens;
  private final Scores scores;
  private final Sampling sampling;
  private final Walsh walsh;
  private final Evaluation evaluation;
  private final Parity parity;
  private final Decoding decoding;
  private final CodedRegression codedRegression;
  private final Boosting boosting;
  private final LogisticRegression logisticRegression;
  private final TreeSpectra treeSpectra;
  private final Paths paths;
  private final Screening screening;
  private final Joins joins;
  private final ParityRegression parityRegression;
  private final GaussianProcess gaussianProcess;

  /** A backend with {@code threads} worker threads, at least one. */
  public HostBackend(int threads) {
    this.workers = new Workers(threads);
    this.tokens = new HostTokens(workers);
    this.scores = new HostScores(workers);
    this.sampling = new HostSampling(workers);
    this.walsh = new HostWalsh(workers);
    this.evaluation = new HostEvaluation(workers);
    this.parity = new HostParity(workers);
    this.decoding = new HostDecoding(workers);
    this.boosting = new HostBoosting(workers);
    this.logisticRegression = new HostLogisticRegression(workers);
    this.treeSpectra = new HostTreeSpectra(workers);
    this.screening = new HostScreening(workers);
    this.joins = new HostJoins(workers);
    HostPaths hostPaths = new HostPaths(workers);
    this.paths = hostPaths;
    this.codedRegression = new HostCodedRegression(hostPaths);
    this.parityRegression = new HostParityRegression(workers, parity, hostPaths);
    this.gaussianProcess = new HostGaussianProcess(workers, parity);
  }

  /** A backend on all processors. */
  public HostBackend() {
    this(Runtime.getRuntime().availableProcessors());
  }

  @Override
  public int threads() {
    return workers.threads();
  }

  /** The threads, for host work outside the operations. */
  public Workers workers() {
    return workers;
  }

  @Override
  public String name() {
    return "host";
  }

  @Override
  public String device() {
    return "Java on " + workers.threads() + (workers.threads() == 1 ? " thread" : " threads");
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
    workers.close();
  }
}
