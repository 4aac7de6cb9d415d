package dev.ablate.model;

import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import dev.ablate.code.Sha256;
import dev.ablate.model.onnx.GraphKind;
import dev.ablate.model.onnx.GraphScan;
import dev.ablate.model.onnx.GraphSource;
import dev.ablate.model.onnx.OnnxCausal;
import dev.ablate.model.onnx.OnnxScorer;
import dev.ablate.model.onnx.OnnxSession;
import dev.ablate.model.onnx.SampleRows;
import dev.ablate.model.onnx.SwitchedNetwork;
import dev.ablate.model.remote.ServerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model of texts as Hugging Face tools export it: {@code model.onnx}, perhaps with weights beside
 * it, {@code tokenizer.json} and {@code config.json}. Opening looks at the small files only; {@link
 * #load} opens the network.
 */
public final class ModelDirectory {
  /** The models that come with the program: a classifier and a language model. */
  public static final List<String> BUNDLED = List.of("sentiment", "facts");

  private static final String BUNDLED_PREFIX = "bundled:";
  private static final String GRAPH = "model.onnx";
  private static final String TOKENIZER = "tokenizer.json";

  /** The small files that decide how a model is asked, beside its tokenizer; in its folder. */
  public static final List<String> CONFIGURATION =
      Stream.of(ModelConfig.FILES, EdgeTokens.FILES, ChatTemplateFile.FILES, PoolingFile.FILES)
          .flatMap(List::stream)
          .distinct()
          .toList();

  /** Four times the largest known. */
  private static final int LARGEST_TOKENIZER = 128 << 20;

  private final String name;
  private final ModelFiles files;
  private final String graph;
  private final ModelConfig config;

  private ModelDirectory(String name, ModelFiles files, String graph) {
    this.name = name;
    this.files = files;
    this.graph = graph;
    files.requireContent(graph);
    files.requireContent(TOKENIZER);
    ModelConfig.FILES.stream().filter(files::has).forEach(files::requireContent);
    this.config = ModelConfig.read(files);
  }

  /**
   * Opens a folder.
   *
   * @throws InputException if the folder or one of its files is missing, or if {@code config.json}
   *     cannot be used
   */
  public static ModelDirectory open(Path directory) {
    if (!Files.isDirectory(InputException.required(directory, "the model directory"))) {
      throw new InputException(
          Files.exists(directory)
              ? directory + " is a file; name the folder that holds " + GRAPH
              : "there is no model directory "
                  + directory
                  + "; see the path given as "
                  + InputException.setting("model")
                  + (ServerAddress.mayBeMeant(directory.toString())
                      ? ", or begin the address of a server with http:// or https://"
                      : ""));
    }
    ModelFiles files = new ModelFiles.InDirectory(directory);
    String graph = GraphFile.in(directory);
    if (graph == null) {
      throw missing(directory, GRAPH);
    }
    for (String file : List.of(TOKENIZER, "config.json")) {
      if (!files.has(file)) {
        throw missing(directory, file);
      }
    }
    return new ModelDirectory(directory.toString(), files, graph);
  }

  private static InputException missing(Path directory, String file) {
    Path above = directory.toAbsolutePath().normalize().getParent();
    boolean tooDeep = above != null && Files.isRegularFile(above.resolve(file));
    return new InputException(
        "the model directory "
            + directory
            + " has no "
            + file
            + "; it needs model.onnx, tokenizer.json and config.json, as optimum-cli export onnx"
            + " writes them"
            + (tooDeep ? "; " + above + " has it, so name that folder" : ""));
  }

  /** The sentiment model that comes with the program, a classifier. */
  public static ModelDirectory bundled() {
    return bundled("sentiment");
  }

  /**
   * A model that comes with the program.
   *
   * @param name one of {@link #BUNDLED}
   * @throws InputException if there is none of that name
   */
  public static ModelDirectory bundled(String name) {
    if (!BUNDLED.contains(InputException.required(name, "the name of a bundled model"))) {
      throw new InputException(
          "no model "
              + name
              + " is bundled; there are "
              + String.join(" and ", BUNDLED)
              + "; or name a model directory with "
              + InputException.setting("model"));
    }
    ModelFiles files = new ModelFiles.OnClassPath("/dev/ablate/models/" + name + "/");
    return new ModelDirectory(name + " (bundled)", files, GRAPH);
  }

  /**
   * A folder, or {@code bundled:NAME} for a model that comes with the program, whatever folders
   * there are.
   *
   * @throws InputException as {@link #open(Path)} and {@link #bundled(String)}
   */
  public static ModelDirectory named(Path model) {
    String name = InputException.required(model, "the model directory").toString();
    if (!name.startsWith(BUNDLED_PREFIX)) {
      return open(model);
    }
    String inside = name.substring(BUNDLED_PREFIX.length());
    return BUNDLED.contains(inside) || !Files.exists(model) ? bundled(inside) : open(model);
  }

  /**
   * The same by its name; the sentiment model where there is none.
   *
   * @throws InputException if it is the address of a server: what is in the model is asked for
   */
  public static ModelDirectory namedOrBundled(String model) {
    if (model != null && ServerAddress.isOne(model)) {
      throw new InputException(
          "a server gives nothing of what is inside a model; name a folder as "
              + InputException.setting("model")
              + ", and explain the server's answers by ablate explain");
    }
    return model == null ? bundled() : named(Path.of(model));
  }

  /** The folder, or that it is the bundled model. */
  public String name() {
    return name;
  }

  /**
   * What decides the model's values: SHA-256 of the graph followed by the files of its external
   * data in alphabetical order (without any, what {@code sha256sum model.onnx} prints), of the
   * tokenizer, and of the configuration with the tokenizer's own small files.
   *
   * @throws InputException if a file cannot be read
   */
  public ModelIdentity identity() {
    return identity(scan());
  }

  private ModelIdentity identity(GraphScan scan) {
    List<String> network = new ArrayList<>(List.of(graph));
    scan.weightFiles().forEach(weights -> network.add(GraphFile.beside(graph, weights)));
    Map<String, String> hashes = new LinkedHashMap<>();
    hashes.put(ModelIdentity.NETWORK, sha256(network));
    hashes.put("tokenizer_sha256", sha256(List.of(TOKENIZER)));
    hashes.put("configuration_sha256", sha256(CONFIGURATION.stream().filter(files::has).toList()));
    return new ModelIdentity(name, hashes);
  }

  /** What the graph says, once the files that it names are there. */
  private GraphScan scan() {
    GraphScan scan;
    try (InputStream in = files.open(graph)) {
      scan = GraphScan.of(in);
    } catch (IOException e) {
      throw new InputException(
          files.where(graph)
              + " is no ONNX graph, or only a part of one; download or export it again",
          e);
    }
    scan.weightFiles().forEach(this::requireWeights);
    String trouble = scan.trouble();
    if (trouble != null) {
      throw new InputException(
          "the graph "
              + files.where(graph)
              + " cannot be run: "
              + trouble
              + "; export it again, in plainer operators");
    }
    return scan;
  }

  private void requireWeights(String weights) {
    String file = GraphFile.beside(graph, weights);
    if (file == null) {
      throw weightsOf(weights, "outside of its folder", "put them beside it and export it again");
    }
    if (!files.has(file)) {
      throw weightsOf(weights, "that are not there", "put them beside the graph");
    }
    files.requireContent(file);
    try {
      if (files.isLinkOutOfItsFolder(file)) {
        throw weightsOf(
            weights,
            "that are a link out of its folder, which ONNX Runtime does not follow",
            "copy the folder with what its links point to (cp -rL)");
      }
    } catch (IOException e) {
      throw files.unreadable(file, e);
    }
  }

  private InputException weightsOf(String weights, String trouble, String remedy) {
    return new InputException(
        "the graph "
            + files.where(graph)
            + " names weights, "
            + weights
            + ", "
            + trouble
            + "; "
            + remedy);
  }

  private String sha256(Collection<String> names) {
    MessageDigest digest = Sha256.digest();
    names.forEach(file -> update(digest, file));
    return Sha256.hex(digest);
  }

  private void update(MessageDigest digest, String file) {
    byte[] block = new byte[1 << 16];
    try (InputStream in = files.open(file)) {
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        digest.update(block, 0, read);
      }
    } catch (IOException e) {
      throw new InputException(
          "cannot read " + files.where(file) + ": " + FileTrouble.reason(e), e);
    }
  }

  /**
   * Opens the tokenizer and the network, which runs on the host. The graph says what kind of model
   * it is.
   *
   * @param threads how many batches may run at once, at least 1
   * @throws InputException if one of them cannot be used, or if the labels of a classifier are not
   *     as many as its logits
   */
  public TextModel load(int threads) {
    return load(threads, Serving.HOST);
  }

  /** The same wherever the network is to run. */
  public TextModel load(int threads, Serving serving) {
    byte[] json = files.read(TOKENIZER, LARGEST_TOKENIZER);
    TextTokenizer tokenizer = tokenizer(json);
    try {
      GraphScan scan = scan();
      GraphSource source = files.graph(graph);
      TextModel.Parts parts =
          new TextModel.Parts(
              identity(scan),
              config,
              tokenizer,
              () -> ChatTemplateFile.read(files),
              GraphFile.notes(graph),
              serving,
              threads);
      SampleRows sample = SampleTexts.of(json, tokenizer, config.vocabulary());
      List<Integer> padding = padding(tokenizer);
      GraphSource served = source.on(serving.provider());
      return switch (GraphKind.of(source, scan, config.architectures(), config.vocabulary())) {
        case CLASSIFIER -> classifier(parts, served.open(), scan, padding, sample);
        case LANGUAGE_MODEL -> languageModel(parts, served, scan, padding, sample);
        case ENCODER -> encoder(parts, served, scan, padding, sample);
      };
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  /** What the network of this model is opened from once more, so that it can be switched. */
  SwitchedNetwork.Parts network(TextModel text) {
    byte[] json = files.read(TOKENIZER, LARGEST_TOKENIZER);
    return new SwitchedNetwork.Parts(
        files.graph(graph),
        scan(),
        padding(text.tokenizer()),
        SampleTexts.of(json, text.tokenizer(), config.vocabulary()),
        config.maxTokens(),
        SizesFile.read(files),
        text instanceof LanguageModel);
  }

  private TextModel classifier(
      TextModel.Parts parts,
      OnnxSession session,
      GraphScan scan,
      List<Integer> padding,
      SampleRows sample) {
    try {
      Scorer scorer = OnnxScorer.classifier(session, scan, padding, sample, config.maxTokens());
      checkLabels(scorer.scores());
      return new TextClassifier(parts, scorer);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private TextModel languageModel(
      TextModel.Parts parts,
      GraphSource source,
      GraphScan scan,
      List<Integer> padding,
      SampleRows sample) {
    EdgeTokens edges = EdgeTokens.read(files, parts.tokenizer());
    return new LanguageModel(
        parts, new OnnxCausal(source, scan, padding, sample, config.maxTokens()), edges);
  }

  private TextModel encoder(
      TextModel.Parts parts,
      GraphSource source,
      GraphScan scan,
      List<Integer> padding,
      SampleRows sample) {
    Function<Pooling, Scorer> opening =
        pooling -> {
          OnnxSession session = source.open();
          try {
            return OnnxScorer.encoder(session, scan, padding, sample, config.maxTokens(), pooling);
          } catch (RuntimeException e) {
            session.close();
            throw e;
          }
        };
    return new EmbeddingModel(parts, opening, opening.apply(PoolingFile.read(files)));
  }

  /**
   * What may fill short rows: networks know the token of config.json, whatever a tokenizer says.
   */
  private List<Integer> padding(TextTokenizer tokenizer) {
    OptionalInt named = TextModel.firstKnown(tokenizer, config.padTokens());
    return IntStream.concat(config.padId().stream(), named.stream()).boxed().distinct().toList();
  }

  private TextTokenizer tokenizer(byte[] json) {
    String where = files.where(TOKENIZER);
    return files.tested() ? TextTokenizer.ofTested(json, where) : TextTokenizer.of(json, where);
  }

  private void checkLabels(int logits) {
    int labels = config.labels().size();
    if (labels != 0 && labels != logits) {
      throw new InputException(
          files.where("config.json")
              + " names "
              + labels
              + " labels but "
              + files.where(graph)
              + " returns "
              + logits
              + " logits; take both files from the same model");
    }
  }
}
