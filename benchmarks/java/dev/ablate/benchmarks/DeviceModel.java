package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.backend.Buffer;
import dev.ablate.backend.host.HostBackend;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.backend.kernel.cuda.CudaDevice;
import dev.ablate.game.Progress;
import dev.ablate.game.Values;
import dev.ablate.lens.text.PromptSource;
import dev.ablate.lens.text.Question;
import dev.ablate.lens.text.TextGame;
import dev.ablate.lens.text.TextLens;
import dev.ablate.lens.text.TextLensKind;
import dev.ablate.mask.Masks;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.Serving;
import dev.ablate.model.TextModel;
import dev.ablate.setting.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Models in the memory of a backend: whether they give the host's values, how many masks a second
 * they take from masks to values beside ONNX Runtime alone on ready-made batches of the same rows,
 * and what ONNX Runtime copies. The models that are timed have random weights and are made here.
 *
 * <p>Arguments: backend (default cuda), {@code small} for small models. Exports whose values are
 * compared are folders of the one that {@code -Dablate.models} names, else three of {@code
 * ../shared/models}. On a host backend inputs and outputs lie in its memory and the processor runs
 * the graphs; so it does beside a device for which ONNX Runtime's provider is missing.
 */
public final class DeviceModel {
  private static final List<String> EXPORTS =
      List.of("bert-ts", "gpt2-lm-fp16", "llama-lm-past-ts");
  private static final String TEXT = "the first film was not a good one at all";
  private static final double SAME = 1e-4;
  private static final double SAME_IN_16_BITS = 2e-2;
  private static final double LEAST_SHARE = 0.9;
  private static final double LEAST_SHARE_OF_ENCODER = 0.95;
  private static final int TURNS = 5;

  /** Operations a second of the cards' matrix units in 16 bits, dense, in the maker's words. */
  private static final double HOPPER_PEAK = 989.4e12;

  private final Backend backend;
  private final Serving serving;
  private final boolean small;
  private final Path room;
  private int failed;

  private DeviceModel(Backend backend, boolean small, Path room) {
    this.backend = backend;
    this.small = small;
    this.room = room;
    this.serving =
        backend instanceof HostBackend host
            ? Serving.inMemoryOf(host)
            : Serving.of(Settings.STANDARD, backend);
  }

  /** Prints a line a figure. */
  public static void main(String[] args) throws IOException {
    String name = args.length > 0 ? args[0] : "cuda";
    boolean small = args.length > 1 && args[1].equals("small");
    Path room = Files.createTempDirectory("ablate-device-model");
    try (Backend backend = Backends.open(name, 0).backend()) {
      DeviceModel benchmark = new DeviceModel(backend, small, room);
      benchmark.run();
    } finally {
      Folders.delete(room);
    }
  }

  private void run() throws IOException {
    if (serving.reason() != null) {
      System.out.println("provider " + serving.reason());
    }
    attempt(() -> same("bundled sentiment", ModelDirectory.bundled()));
    attempt(() -> same("bundled facts", ModelDirectory.bundled("facts")));
    for (Path folder : exports()) {
      attempt(() -> same(folder.getFileName().toString(), ModelDirectory.open(folder)));
    }
    attempt(() -> copies("bundled sentiment", bundledGraph()));
    if (!small && device() < 0) {
      throw new IllegalStateException("models of full size need a GPU; add the argument small");
    }
    attempt(this::bundled);
    attempt(this::encoder);
    attempt(this::causal);
    if (failed > 0) {
      throw new IllegalStateException(failed + " of the above failed");
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  /** Goes on after a failure: what comes next says something of its own. */
  private void attempt(Work work) {
    try {
      work.run();
    } catch (IOException | RuntimeException e) {
      failed++;
      e.printStackTrace();
    }
  }

  private static List<Path> exports() throws IOException {
    String named = System.getProperty("ablate.models");
    Path folder = Path.of(named == null ? "../shared/models" : named);
    if (!Files.isDirectory(folder)) {
      System.out.println("no folder " + folder + ": no exports are compared");
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(one -> named != null || EXPORTS.contains(one.getFileName().toString()))
          .sorted()
          .toList();
    }
  }

  /** Every mask of a short text, by a model as it is served and by the processor. */
  private void same(String name, ModelDirectory directory) {
    try (TextModel there = directory.load(1, serving);
        TextModel here = directory.load(1)) {
      TextGame game = game(there, TEXT, "good");
      Masks masks = Masks.exhaustive(game.features());
      Values found = evaluated(game, masks);
      Values expected = Values.zeros(masks.count(), game.outputs());
      game(here, TEXT, "good").evaluate(masks, expected);
      double most = 0;
      for (int m = 0; m < masks.count(); m++) {
        for (int o = 0; o < game.outputs(); o++) {
          most = Math.max(most, Math.abs(found.get(m, o) - expected.get(m, o)));
        }
      }
      double asked = name.contains("fp16") ? SAME_IN_16_BITS : SAME;
      measured("same values")
          .with("model", name)
          .with("masks", masks.count())
          .with("difference", Measured.rounded(most))
          .with("difference_asked", asked)
          .with("reached", most <= asked)
          .report();
      if (!(most <= asked)) {
        throw new IllegalStateException(name + " has not the host's values");
      }
    }
  }

  private Measured measured(String what) {
    return Measured.of("DeviceModel", backend)
        .with("what", what)
        .with("provider", serving.id().toString());
  }

  private TextGame game(TextModel model, String text, String answer) {
    Settings settings = Settings.STANDARD;
    if (model.kind().contains("language")) {
      settings = settings.with(Question.ANSWER, List.of(answer));
    }
    TextLens lens = new TextLensKind().lens(settings);
    return lens.game(model, PromptSource.of(text));
  }

  /** The values of masks, in the memory of the backend where the game works there. */
  private Values evaluated(TextGame game, Masks masks) {
    if (game.accepts(backend)) {
      return game.evaluate(masks.on(backend), backend, Progress.NONE);
    }
    Values values = Values.zeros(masks.count(), game.outputs());
    game.evaluate(masks, values);
    return values;
  }

  private void bundled() throws IOException {
    // Every word is a token of the model.
    String text = "the movie was good and not bad ".repeat(small ? 2 : 14).strip();
    try (TextModel model = ModelDirectory.bundled().load(1, serving);
        Rate rate = new Rate(model, null, text, small ? 200 : 8192, bundledGraph(), 0)) {
      rate.report("bundled sentiment", LEAST_SHARE);
    }
  }

  private void encoder() throws IOException {
    MadeModel made = small ? new MadeModel(2, 32, 4, 300, 64) : MadeModel.ENCODER;
    int words = small ? 14 : 126;
    int masks = small ? 200 : 8192;
    Path folder = Files.createDirectories(room.resolve("encoder"));
    long weights = made.writeEncoder(folder);
    try (TextModel model = ModelDirectory.open(folder).load(1, serving);
        Rate rate =
            new Rate(model, made, made.text(words), masks, folder.resolve("model.onnx"), weights)) {
      rate.report("encoder", LEAST_SHARE_OF_ENCODER);
    }
    copies("encoder", folder.resolve("model.onnx"));
  }

  private void causal() throws IOException {
    MadeModel made = small ? new MadeModel(2, 32, 4, 300, 128) : MadeModel.CAUSAL;
    int words = small ? 60 : 1000;
    int masks = small ? 60 : 512;
    Path folder = Files.createDirectories(room.resolve("causal"));
    Path last = folder.resolve("last.onnx");
    // A folder with two graphs would be one of several models.
    long weights = made.writeCausal(folder, room.resolve("last.onnx"));
    try (TextModel model = ModelDirectory.open(folder).load(1, serving)) {
      Files.move(room.resolve("last.onnx"), last);
      try (Rate rate = new Rate(model, made, made.text(words), masks, last, weights)) {
        rate.report("language model", LEAST_SHARE);
      }
    }
  }

  /**
   * Masks a second of a model, whose operations are known if it is a made one, from masks to values
   * and by ONNX Runtime alone.
   */
  private final class Rate implements AutoCloseable {
    private final MadeModel made;
    private final long weights;
    private final TextGame game;
    private final Masks masks;
    private final List<int[]> rows;
    private final BareSession bare;
    private List<BareSession.Batch> batches;

    Rate(TextModel model, MadeModel made, String text, int count, Path graph, long weights) {
      this.made = made;
      this.weights = weights;
      this.game = game(model, text, "w0");
      Buffer drawn = backend.sampling().uniform(1, 0, 0, count, game.features());
      this.masks = new Masks(drawn, count, game.features());
      boolean removes = model.kind().contains("language");
      int hiding = removes ? -1 : model.maskId().orElseThrow();
      this.rows = rows(model.tokenizer().tokenize(text).ids(), hiding);
      this.bare = new BareSession(graph, device());
    }

    /** The rows that masks leave, the shortest first. */
    private List<int[]> rows(int[] ids, int hiding) {
      int before = (ids.length - game.features()) / 2;
      Masks here = new Masks(masks.buffer().toHost(), masks.count(), masks.features());
      List<int[]> rows = new ArrayList<>();
      for (int m = 0; m < here.count(); m++) {
        int mask = m;
        rows.add(
            IntStream.range(0, ids.length)
                .map(
                    t ->
                        t < before || t - before >= here.features() || here.kept(mask, t - before)
                            ? ids[t]
                            : hiding)
                .filter(id -> id >= 0)
                .toArray());
      }
      rows.sort(Comparator.comparingInt(row -> row.length));
      return rows;
    }

    /** The size of batches at which ONNX Runtime alone is fastest. */
    private int fastest() {
      int best = 0;
      double least = Double.POSITIVE_INFINITY;
      for (int positions : small ? new int[] {512, 2048} : new int[] {8192, 16384, 32768, 65536}) {
        List<BareSession.Batch> tried = bare.cut(rows, positions);
        bare.run(tried);
        double seconds = seconds(() -> bare.run(tried));
        tried.forEach(BareSession.Batch::close);
        if (seconds < least) {
          least = seconds;
          best = positions;
        }
      }
      return best;
    }

    void report(String what, double leastShare) {
      int positions = fastest();
      batches = bare.cut(rows, positions);
      double[] whole = new double[TURNS];
      double[] alone = new double[TURNS];
      double[] shares = new double[TURNS];
      // Before any turn counts the planner finds how large its batches may be.
      double spread = spread(evaluated(game, masks).column(0));
      bare.run(batches);
      for (int t = 0; t < TURNS; t++) {
        whole[t] = seconds(() -> evaluated(game, masks).hostDoubles());
        alone[t] = seconds(() -> bare.run(batches));
        shares[t] = alone[t] / whole[t];
      }
      double share = Measured.median(shares);
      double tokens = rows.stream().mapToInt(row -> row.length).average().orElseThrow();
      double rate = masks.count() / Measured.median(whole);
      double operations = made == null ? Double.NaN : rate * made.operations(1, tokens);
      Measured figure =
          measured(what)
              .with("masks", masks.count())
              .with("tokens", Measured.rounded(tokens))
              .with("alone_positions", positions)
              .with("masks_per_s", Measured.rounded(rate))
              .with("alone_masks_per_s", Measured.rounded(masks.count() / Measured.median(alone)))
              .with("spread", Measured.rounded(spread));
      if (made != null) {
        figure.with("weights", weights).with("tflops", Measured.rounded(operations * 1e-12));
      }
      if (made != null && isHopper()) {
        figure.with("share_of_peak", Measured.rounded(operations / HOPPER_PEAK));
      }
      figure.with("share", Measured.rounded(share));
      if (!small) {
        figure.with("share_asked", leastShare).with("reached", share >= leastShare);
      }
      figure.report();
    }

    /** Masks change what such models say. */
    private double spread(double[] values) {
      double spread = Measured.deviation(values);
      if (!(spread > 0)) {
        throw new IllegalStateException("every mask has the value " + values[0]);
      }
      return spread;
    }

    @Override
    public void close() {
      if (batches != null) {
        batches.forEach(BareSession.Batch::close);
      }
      bare.close();
      masks.close();
    }
  }

  private boolean isHopper() {
    String device = backend.device();
    return serving.id() == Serving.Asked.CUDA
        && (device.contains("H100") || device.contains("H200"));
  }

  /** The number of the device that networks run on; -1 for the processor. */
  private int device() {
    return serving.id() == Serving.Asked.CUDA
            && ((KernelBackend) backend).deviceHandle() instanceof CudaDevice cuda
        ? cuda.ordinal()
        : -1;
  }

  private Path bundledGraph() throws IOException {
    Path graph = room.resolve("sentiment.onnx");
    try (InputStream in =
        DeviceModel.class.getResourceAsStream("/dev/ablate/models/sentiment/model.onnx")) {
      Files.copy(in, graph, StandardCopyOption.REPLACE_EXISTING);
    }
    return graph;
  }

  /** What ONNX Runtime copies between memories where a graph runs twice. */
  private void copies(String name, Path graph) throws IOException {
    Path folder = Files.createTempDirectory(room, "copies");
    Path planned = folder.resolve("planned.onnx");
    try (BareSession session =
        new BareSession(graph, device(), folder.resolve("profile"), planned)) {
      List<BareSession.Batch> batches =
          List.of(session.readyThere(List.of(new int[] {2, 5, 6, 7, 3}), 5));
      session.run(batches);
      session.run(batches);
      batches.forEach(BareSession.Batch::close);
    }
    PlannedCopies copies = PlannedCopies.of(planned);
    int[] runs = PlannedCopies.ran(folder);
    measured("copies")
        .with("model", name)
        .with("of_inputs_and_outputs", copies.outside())
        .with("inside_the_graph", copies.inside())
        .with("copies_run", runs[0])
        .with("others_run", runs[1])
        .with("reached", copies.outside() == 0)
        .report();
  }

  private static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) * 1e-9;
  }
}
