package dev.ablate.model.onnx;

import dev.ablate.model.ResidentNetwork.Per;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Runs rows of tokens through the edited graph of a causal network. In trials the scores of a row
 * are the log-probabilities of some tokens behind it.
 */
final class CausalRuns implements RowRuns {
  private final OnnxSession session;
  private final TokenInputs inputs;
  private final PastTensors past;
  private final TensorInfo places;
  private final CausalHead head;
  private final int[] tried;

  /**
   * Looks at what the graph takes and gives.
   *
   * @param session a graph that {@link CausalEdit} made
   * @param scan what it was before
   * @param tried tokens whose log-probabilities are scores in trials
   * @throws dev.ablate.code.InputException if that is not what a language model has
   */
  CausalRuns(OnnxSession session, GraphScan scan, int[] tried) {
    this.session = session;
    this.tried = tried;
    this.places = TensorInfo.named(session.inputs(), CausalEdit.PLACES);
    this.head = CausalHead.of(session);
    Signature signature = Signature.of(session);
    boolean others = signature.others().stream().anyMatch(input -> !CausalEdit.isOwn(input.name()));
    if (!signature.takesTokens() || others) {
      throw Signature.unfit(
          session.origin(),
          CausalEdit.unedited(session.inputs()),
          scan.outputs(),
          Signature.LOGITS,
          "text-generation");
    }
    this.past = PastTensors.of(session);
    this.inputs = new TokenInputs(session.origin(), signature);
  }

  private CausalRuns(CausalRuns runs, BatchInputs others) {
    this.session = runs.session;
    this.inputs = runs.inputs.with(others);
    this.past = runs.past;
    this.places = runs.places;
    this.head = runs.head;
    this.tried = runs.tried;
  }

  /** The same for a graph that gets something besides tokens. */
  CausalRuns with(BatchInputs others) {
    return new CausalRuns(this, others);
  }

  @Override
  public TokenInputs inputs() {
    return inputs;
  }

  @Override
  public String score() {
    return "log-probability";
  }

  @Override
  public boolean declaresScores() {
    return true;
  }

  @Override
  public String needed() {
    return "one a token; export it as a text-generation model";
  }

  /** Most places of a run of several rows that are asked about. */
  int mostAsked() {
    return head.mostAsked();
  }

  /** {@inheritDoc} The scores of trials do not matter there: it gives logits of the vocabulary. */
  @Override
  public ResidentGraph resident(int count) {
    return resident();
  }

  /** The graph as a resident network binds it, once a run has shown its vocabulary. */
  ResidentGraph resident() {
    CausalHead.Logits logits = (CausalHead.Logits) head;
    return new ResidentGraph(
        inputs.signature(),
        places,
        past,
        List.of(),
        logits.output(),
        Per.ASKED,
        logits.vocabulary(),
        null);
  }

  @Override
  public int scores(int[] row, int filler) {
    run(
        TokenBatch.of(TokenRows.of(List.of(row)), 0, 1),
        filler,
        tried.length,
        new float[tried.length]);
    return tried.length;
  }

  @Override
  public void run(TokenBatch batch, int filler, int count, float[] scores) {
    int asked = batch.count() * count;
    int[] rows = IntStream.range(0, asked).map(i -> i / count).toArray();
    int[] positions =
        IntStream.of(rows).map(row -> batch.rows().lengths()[batch.first() + row] - 1).toArray();
    int[] tokens = IntStream.range(0, asked).map(i -> tried[i % count]).toArray();
    float[] found = run(null, batch, filler, new AskedTokens(rows, positions, tokens));
    System.arraycopy(found, 0, scores, batch.first() * count, asked);
  }

  /**
   * Log-probabilities in a batch.
   *
   * @param prefix tokens in front of every row; null for none
   * @param batch at most {@link #mostRows} rows
   * @param filler what stands behind the tokens of short rows; it is masked out
   * @throws RuntimeException if ONNX Runtime fails
   */
  float[] run(KeptPrefix prefix, TokenBatch batch, int filler, AskedTokens asked) {
    float[][] found = new float[1][];
    session.run(
        run -> {
          CausalHead.Answers answers = bind(run, prefix, batch, filler, asked);
          run.run();
          found[0] = answers.logProbabilities();
        });
    return found[0];
  }

  /**
   * Whether tokens are the likeliest where they are asked about, of the same batch.
   *
   * @return for each token 1 if so, else 0
   * @throws RuntimeException if ONNX Runtime fails
   */
  float[] likeliest(KeptPrefix prefix, TokenBatch batch, int filler, AskedTokens asked) {
    float[] found = new float[asked.count()];
    session.run(
        run -> {
          CausalHead.Answers answers = bind(run, prefix, batch, filler, asked);
          run.run();
          int[] likeliest = answers.likeliest();
          for (int i = 0; i < found.length; i++) {
            found[i] = likeliest[i] == asked.targets()[i] ? 1 : 0;
          }
        });
    return found;
  }

  /** Binds a batch; what is returned reads what the run finds. */
  private CausalHead.Answers bind(
      OnnxRun run, KeptPrefix prefix, TokenBatch batch, int filler, AskedTokens asked) {
    inputs.bind(run, batch, filler, prefix == null ? 0 : prefix.length());
    past.bindInputs(run, prefix);
    int width = inputs.width(batch);
    ByteBuffer where = run.input(places, asked.count());
    for (int i = 0; i < asked.count(); i++) {
      where.putLong(i * Long.BYTES, (long) asked.rows()[i] * width + asked.positions()[i]);
    }
    return head.bind(run, asked);
  }

  /** Whether rows may share a prefix at all. */
  boolean takesPrefix() {
    return !past.inputs().isEmpty() && inputs.fixedLength() == 0 && inputs.mostRows() > 1;
  }

  /**
   * Computes what the graph keeps of some tokens.
   *
   * @param tokens at least one
   * @throws RuntimeException if ONNX Runtime fails, or keeps something else
   */
  KeptPrefix prefix(int[] tokens) {
    TokenBatch batch = TokenBatch.of(TokenRows.of(List.of(tokens)), 0, 1);
    KeptPrefix[] made = new KeptPrefix[1];
    session.run(
        run -> {
          bind(run, null, batch, 0, AskedTokens.behind(tokens));
          try {
            made[0] = past.bindOutputs(run, session.residence(), tokens.length);
            run.run();
          } catch (RuntimeException e) {
            if (made[0] != null) {
              made[0].close();
            }
            throw e;
          } finally {
            run.clearOutputs(session.outputs());
          }
        });
    return made[0];
  }

  /** The likeliest token behind a row. */
  int next(int[] row, int filler) {
    TokenBatch batch = TokenBatch.of(TokenRows.of(List.of(row)), 0, 1);
    int[] token = new int[1];
    session.run(
        run -> {
          CausalHead.Answers answers = bind(run, null, batch, filler, AskedTokens.behind(row));
          run.run();
          token[0] = answers.likeliest()[0];
        });
    return token[0];
  }
}
