package dev.ablate.lens.heads;

import dev.ablate.code.DistinctNames;
import dev.ablate.code.InputException;
import dev.ablate.code.Sha256;
import dev.ablate.game.Game;
import dev.ablate.game.Input;
import dev.ablate.game.Progress;
import dev.ablate.game.Subject;
import dev.ablate.game.Values;
import dev.ablate.lens.FeatureSelection;
import dev.ablate.lens.heads.Questions.Pair;
import dev.ablate.mask.Masks;
import dev.ablate.model.Component;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.SwitchedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * A network under examples: the features are its components, the output is the mean over the
 * examples, or each of them is one. {@link HeadsLens#game} makes one. Several threads may use it.
 */
public final class HeadsGame implements Game, AutoCloseable {
  /** A gap between clean and corrupted prompts below this is none. */
  private static final double LEAST_GAP = 1e-6;

  private final HeadsLens lens;
  private final SwitchedModel model;

  /** The model that it was made of. */
  private final SwitchedModel given;

  private final Examples examples;
  private final HeadValue value;
  private final List<Pair> pairs;
  private final SideRuns runs;
  private final List<String> outputNames;

  /** What the corrupted prompts give with nothing ablated, and how far the clean ones are above. */
  private final double[] floors;

  private final double[] gaps;

  /** Null until somebody asks. */
  private List<String> attention;

  HeadsGame(
      HeadsLens lens, SwitchedModel model, Examples examples, HeadValue value, List<Pair> pairs) {
    this.lens = lens;
    this.examples = examples;
    this.value = value;
    this.pairs = List.copyOf(pairs);
    this.given = model;
    this.model = new Replacements(lens, examples, pairs).in(model);
    this.outputNames = List.copyOf(names());
    boolean share = examples.arePairs() && lens.contrast() == Contrast.SHARE;
    boolean both = examples.arePairs() && !share;
    this.runs = new SideRuns(this.model, sides(both));
    this.floors = new double[outputs()];
    this.gaps = new double[outputs()];
    Arrays.fill(gaps, 1);
    if (share) {
      try {
        measureGaps();
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }
  }

  private List<Side> sides(boolean both) {
    List<Side> sides = new ArrayList<>(pairs.stream().map(Pair::clean).toList());
    if (both) {
      sides.addAll(pairs.stream().map(Pair::corrupted).toList());
    }
    return sides;
  }

  private List<String> names() {
    List<Side> sides = sides(false);
    if (!lens.each()) {
      return List.of(sides.size() == 1 ? sides.get(0).target() : sides.size() + " examples (mean)");
    }
    List<String> names = new ArrayList<>();
    for (int e = 0; e < sides.size(); e++) {
      String id = examples.all().get(e).id();
      names.add(id == null ? sides.get(e).title() : id);
    }
    return DistinctNames.of(names);
  }

  private void measureGaps() {
    float[] ones = new float[features()];
    Arrays.fill(ones, 1);
    double[] both = new SideRuns(model, sides(true)).values(new float[][] {ones}, m -> {})[0];
    int count = pairs.size();
    double[] clean = outputs(Arrays.copyOf(both, count));
    double[] corrupted = outputs(Arrays.copyOfRange(both, count, 2 * count));
    for (int o = 0; o < outputs(); o++) {
      floors[o] = corrupted[o];
      gaps[o] = clean[o] - corrupted[o];
      if (!(Math.abs(gaps[o]) >= LEAST_GAP)) {
        InputException none =
            new InputException(
                "the clean and the corrupted prompt have the same "
                    + value
                    + ", so that there is no gap to have a share of; give another pair, or "
                    + HeadsLens.CONTRAST
                    + " difference");
        throw lens.each() ? examples.all().get(o).at(none) : none;
      }
    }
  }

  /** Of numbers of all examples one an output: themselves, or their mean. */
  private double[] outputs(double[] all) {
    return lens.each() ? all : new double[] {Arrays.stream(all).sum() / all.length};
  }

  /** Frees what stands for ablated components; the model that was given stays open. */
  @Override
  public void close() {
    if (model != given) {
      model.close();
    }
  }

  /** What is ablated, one a feature. */
  public List<Component> components() {
    return model.components();
  }

  @Override
  public Subject subject() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put(HeadsLens.ABLATE.name(), lens.ablation().toString());
    if (lens.reference() != null) {
      settings.put("reference_sha256", lens.reference().sha256());
    }
    if (lens.ablation() == HeadAblation.RESAMPLE) {
      settings.put("reference_seed", lens.referenceSeed());
    }
    if (lens.rescale()) {
      settings.put(HeadsLens.RESCALE.name(), "yes");
    }
    if (lens.each()) {
      settings.put(HeadsLens.EACH.name(), "yes");
    }
    if (pairs.size() == 1) {
      settings.put("text", pairs.get(0).clean().title());
    }
    settings.put("examples", pairs.size());
    settings.put("examples_sha256", contentSha256());
    return new Subject(input(), valueName(), model.text().identity(), settings);
  }

  private String contentSha256() {
    StringBuilder content = new StringBuilder();
    for (Pair pair : pairs) {
      content.append(pair.clean().content()).append(';');
      content.append(pair.corrupted() == null ? "" : pair.corrupted().content()).append('\n');
    }
    return Sha256.hex(content.toString());
  }

  private String valueName() {
    return examples.arePairs() ? value + "-" + lens.contrast() : value.toString();
  }

  private Input input() {
    int layers = 1 + components().stream().mapToInt(Component::layer).max().orElse(0);
    Integer[] heads = new Integer[layers];
    Arrays.fill(heads, 0);
    List<Input.Component> places = new ArrayList<>();
    for (Component component : components()) {
      String kind = component.kind().name().toLowerCase(Locale.ROOT);
      if (component.kind() == Component.Kind.HEAD) {
        heads[component.layer()] = Math.max(heads[component.layer()], component.number() + 1);
      }
      places.add(new Input.Component(kind, component.layer(), component.number()));
    }
    return new Input.Components(List.of(heads), places);
  }

  @Override
  public int features() {
    return model.components().size();
  }

  @Override
  public int outputs() {
    return outputNames.size();
  }

  @Override
  public List<String> featureNames() {
    return components().stream().map(Component::name).toList();
  }

  /** The label or the answer of a single example, or what the examples are called. */
  @Override
  public List<String> outputNames() {
    return outputNames;
  }

  @Override
  public List<String> notes() {
    List<String> notes = new ArrayList<>(model.text().notes());
    model.notes().stream().filter(note -> !notes.contains(note)).forEach(notes::add);
    notes.addAll(unknownAnswers());
    notes.addAll(attention());
    return notes;
  }

  /** About the first answer of which the model does not know all, and how many more there are. */
  private List<String> unknownAnswers() {
    if (!(model.text() instanceof LanguageModel language)) {
      return List.of();
    }
    List<String> all =
        sides(false).stream()
            .flatMap(side -> ((AnswerSide) side).answer().notes(language).stream())
            .toList();
    return all.size() < 2
        ? all
        : List.of(all.get(0) + "; so it is with " + (all.size() - 1) + " other examples");
  }

  private synchronized List<String> attention() {
    if (attention == null) {
      attention =
          AttentionNotes.of(model, sides(false).stream().map(s -> s.rows().get(0)).toList());
    }
    return attention;
  }

  /**
   * The same question with a number for each example, whose mean is the value of this game; of a
   * game that has an output an example already, this game itself. It uses the same model.
   */
  public Game examples() {
    return lens.each() ? this : new ExampleShares();
  }

  /** What each example has of the mean. */
  private final class ExampleShares implements Game {
    @Override
    public int features() {
      return HeadsGame.this.features();
    }

    @Override
    public int outputs() {
      return pairs.size();
    }

    @Override
    public List<String> featureNames() {
      return HeadsGame.this.featureNames();
    }

    @Override
    public Subject subject() {
      return HeadsGame.this.subject();
    }

    @Override
    public void evaluate(Masks masks, Values out) {
      evaluate(masks, out, Progress.NONE);
    }

    @Override
    public void evaluate(Masks masks, Values out, Progress progress) {
      requireShape(masks, out);
      double[][] values = perExample(masks, progress);
      for (int m = 0; m < values.length; m++) {
        for (int e = 0; e < pairs.size(); e++) {
          out.set(m, e, (values[m][e] - floors[0]) / gaps[0]);
        }
      }
    }
  }

  @Override
  public void evaluate(Masks masks, Values out) {
    evaluate(masks, out, Progress.NONE);
  }

  /**
   * {@inheritDoc}
   *
   * @throws InputException if the model fails, or returns a number that is not finite
   */
  @Override
  public void evaluate(Masks masks, Values out, Progress progress) {
    requireShape(masks, out);
    double[][] values = perExample(masks, progress);
    for (int m = 0; m < values.length; m++) {
      double[] outputs = outputs(values[m]);
      for (int o = 0; o < outputs.length; o++) {
        out.set(m, o, (outputs[o] - floors[o]) / gaps[o]);
      }
    }
  }

  /** {@code (masks, examples)} values, of pairs whose sides are both asked their difference. */
  private double[][] perExample(Masks masks, Progress progress) {
    long[] words = masks.hostWords();
    float[][] scales = new float[masks.count()][features()];
    for (int m = 0; m < scales.length; m++) {
      for (int f = 0; f < features(); f++) {
        scales[m][f] = words[m * masks.words() + (f >>> 6)] >>> f & 1;
      }
    }
    double[][] values = runs.values(scales, progress);
    for (int m = 0; m < values.length; m++) {
      values[m] = differences(values[m], words, m * masks.words());
    }
    return values;
  }

  /** The value of each example, where both sides of pairs are asked their difference. */
  private double[] differences(double[] sides, long[] words, int from) {
    double[] each = Arrays.copyOf(sides, pairs.size());
    for (int e = 0; e < each.length; e++) {
      if (sides.length > each.length) {
        each[e] -= sides[each.length + e];
      }
      if (!Double.isFinite(each[e])) {
        throw notFinite(e, each[e], FeatureSelection.describe(words, from, features()));
      }
    }
    return each;
  }

  private InputException notFinite(int example, double given, String kept) {
    String where = Objects.requireNonNullElse(examples.all().get(example).where(), "the text");
    return new InputException(
        "the model "
            + model.text().name()
            + " gives "
            + where
            + " the "
            + value
            + " "
            + given
            + " on the mask that keeps the components "
            + kept
            + " of 0-"
            + (features() - 1)
            + "; try "
            + HeadsLens.ABLATE
            + " mean, or export the model in float32");
  }
}
