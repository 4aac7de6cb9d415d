package dev.ablate.model.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.ablate.model.Component;
import dev.ablate.model.ComponentChoice;
import dev.ablate.model.Replacement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A graph whose components can be switched. Rows share a run only where each then has the values
 * that it has alone.
 */
public final class SwitchedNetwork implements AutoCloseable {
  /** Tokens of a vocabulary whose log-probabilities are compared in trials. */
  private static final int TRIED = 8;

  private static final int TOKEN_PAIRS = 2;

  private final Parts parts;
  private final List<Site> sites;
  private final OnnxSession session;
  private final Fills fills;
  private final Switches.Inputs inputs;

  /** One of these two, by what the graph is. */
  private final ClassifierRows classifier;

  private final CausalBatches causal;

  /** Opened when it is first asked for. */
  private Taps attention;

  /**
   * What a network is opened from.
   *
   * @param graph the graph as it is
   * @param scan what it says before it is opened
   * @param fillers tokens that may fill short rows, the likeliest first
   * @param sample texts to try the graph on
   * @param maxTokens most tokens that a text may have by the configuration
   * @param sizes what the configuration says about layers
   * @param isCausal whether it is a language model; else a classifier
   */
  public record Parts(
      GraphSource graph,
      GraphScan scan,
      List<Integer> fillers,
      SampleRows sample,
      int maxTokens,
      NetworkSizes sizes,
      boolean isCausal) {
    /** What stands behind the tokens of short rows where nothing was tried. */
    int filler() {
      return fillers.isEmpty() ? 0 : fillers.get(0);
    }
  }

  /** How the rows of a classifier run. */
  private record ClassifierRows(ClassifierRuns runs, PackedRows rows) {}

  private SwitchedNetwork(Parts parts, List<Site> sites, ModelProto model, Fills fills) {
    this.parts = parts;
    this.sites = sites;
    this.fills = fills;
    String origin = parts.graph().origin();
    ModelProto edited = SwitchEdit.of(model, sites, fills != null);
    this.session = parts.graph().open(parts.isCausal() ? CausalEdit.of(edited, origin) : edited);
    try {
      this.inputs = Switches.Inputs.of(session, sites, fills);
      this.classifier = parts.isCausal() ? null : classifier();
      this.causal = parts.isCausal() ? causal() : null;
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private ClassifierRows classifier() {
    ClassifierRuns runs = new ClassifierRuns(session).with(inputs.ones());
    return new ClassifierRows(
        runs,
        new PackedRows(runs, parts.scan(), parts.fillers(), parts.sample(), parts.maxTokens()));
  }

  private CausalBatches causal() {
    int[] tried = parts.sample().row(1, parts.sample().special() + TRIED);
    CausalRuns runs = new CausalRuns(session, parts.scan(), tried).with(inputs.ones());
    // A causal network never sees what stands behind a row, whatever that is.
    List<Integer> any = parts.fillers().isEmpty() ? List.of(0) : parts.fillers();
    int most = Math.min(parts.maxTokens(), limit(runs));
    Packing packing = new PackingTrial(runs, parts.scan(), any, parts.sample(), most).packing();
    return new CausalBatches(runs, packing, !parts.scan().operatorsOverRows().isEmpty());
  }

  private static int limit(RowRuns runs) {
    return runs.fixedLength() == 0 ? Integer.MAX_VALUE : runs.fixedLength();
  }

  /**
   * Finds the components of a graph and opens it edited.
   *
   * @throws dev.ablate.code.InputException if the components are not found, or the graph does not
   *     run
   */
  public static SwitchedNetwork open(Parts parts, ComponentChoice choice) {
    ModelProto model = parts.graph().read();
    return new SwitchedNetwork(parts, Sites.find(parts, model, choice), model, null);
  }

  /**
   * The same graph with something else in the place of what is switched off.
   *
   * @throws dev.ablate.code.InputException if the graph fails on a reference
   */
  public SwitchedNetwork replacing(Replacement replacement) {
    ModelProto model = parts.graph().read();
    if (replacement instanceof Replacement.Zero) {
      return new SwitchedNetwork(parts, sites, model, null);
    }
    Fills made;
    try (Taps taps = taps(model, sites.stream().map(Site::tensor).toList())) {
      made = Fills.of(replacement, sites, taps);
    }
    try {
      return new SwitchedNetwork(parts, sites, model, made);
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  private Taps taps(ModelProto model, List<String> tensors) {
    return Taps.open(parts.graph(), model, tensors, parts.filler());
  }

  /** What can be switched, in the order of scales. */
  public List<Component> components() {
    List<Component> components = new ArrayList<>();
    for (Site site : sites) {
      for (int c = 0; c < site.count(); c++) {
        components.add(new Component(site.kind(), site.layer(), c, site.node(), site.shape()));
      }
    }
    return components;
  }

  /** What a user should know about how rows share runs. */
  public List<String> notes() {
    return parts.isCausal() ? causal.packing().notes() : classifier.rows().notes();
  }

  /** Whether zeros stand for what is switched off. */
  public boolean zeros() {
    return fills == null;
  }

  /** Most tokens of a row. */
  public int maxTokens() {
    return limit(parts.isCausal() ? causal.runs() : classifier.runs());
  }

  /**
   * The logits of rows, in one batch where they may share it.
   *
   * @param scales {@code (rows, components)}
   * @return {@code (rows, labels)}
   * @throws dev.ablate.code.InputException if the graph fails on them
   */
  public float[][] logits(int[][] rows, float[][] scales) {
    TokenRows tokens = TokenRows.of(List.of(rows));
    Switches switches = Switches.of(inputs, rows, scales);
    PackedRows packed = classifier.rows().with(classifier.runs().with(switches.inOrder()));
    float[] scores = new float[rows.length * packed.count()];
    packed.score(tokens, rows.length, scores);
    float[][] logits = new float[rows.length][];
    for (int r = 0; r < rows.length; r++) {
      logits[r] = Arrays.copyOfRange(scores, r * packed.count(), (r + 1) * packed.count());
    }
    return logits;
  }

  /**
   * Log-probabilities of the last tokens of rows, in one batch where they may share it.
   *
   * @param asked how many tokens at the end of each row; each has a token before it
   * @param scales {@code (rows, components)}
   * @throws dev.ablate.code.InputException if the graph fails on them
   */
  public float[][] logProbabilities(int[][] rows, int[] asked, float[][] scales) {
    return causal.run(List.of(rows), asked, Switches.of(inputs, rows, scales));
  }

  /**
   * Whether the last tokens of rows are the likeliest ones, in one batch where they may share it.
   *
   * @param asked how many tokens at the end of each row; each has a token before it
   * @param scales {@code (rows, components)}
   * @return for each row 1 for a token that is, 0 for one that is not
   * @throws dev.ablate.code.InputException if the graph fails on them
   */
  public float[][] likeliest(int[][] rows, int[] asked, float[][] scales) {
    return causal.likeliest(List.of(rows), asked, Switches.of(inputs, rows, scales));
  }

  /**
   * What heads attend to, with nothing switched off.
   *
   * @return for each component {@code (tokens, tokens)}; null where the graph does not show it
   * @throws dev.ablate.code.InputException if the graph fails on the row
   */
  public float[][][] attention(int[] row) {
    List<String> tensors =
        sites.stream().map(Site::weights).filter(weights -> weights != null).toList();
    List<Taps.Held> held = tensors.isEmpty() ? List.of() : openAttention(tensors).of(row);
    float[][][] attention = new float[inputs.components()][][];
    int at = 0;
    int shown = 0;
    for (Site site : sites) {
      if (site.weights() != null) {
        Taps.Held weights = held.get(shown++);
        for (int head = 0; head < site.count(); head++) {
          attention[at + head] = ofHead(weights, head, site.count(), row.length);
        }
      }
      at += site.count();
    }
    return attention;
  }

  private synchronized Taps openAttention(List<String> tensors) {
    if (attention == null) {
      attention = taps(parts.graph().read(), tensors);
    }
    return attention;
  }

  /** Weights of a head in the first row of {@code (batch, heads, tokens, tokens)}. */
  private static float[][] ofHead(Taps.Held weights, int head, int heads, int length) {
    long[] shape = weights.shape();
    int axes = shape.length;
    boolean fits = axes == 4 && shape[1] == heads || axes == 3 && shape[0] % heads == 0;
    fits &= weights.numbers() != null;
    int width = fits ? (int) shape[axes - 1] : 0;
    if (!fits || shape[axes - TOKEN_PAIRS] != width || width < length) {
      return null;
    }
    float[][] rows = new float[length][];
    for (int t = 0; t < length; t++) {
      int from = (head * width + t) * width;
      rows[t] = Arrays.copyOfRange(weights.numbers(), from, from + length);
    }
    return rows;
  }

  @Override
  public synchronized void close() {
    if (attention != null) {
      attention.close();
    }
    session.close();
    if (fills != null) {
      fills.close();
    }
  }
}
