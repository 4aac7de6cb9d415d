package dev.ablate.model.onnx;

import static dev.ablate.model.onnx.Nodes.attribute;
import static dev.ablate.model.onnx.Nodes.node;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.ablate.model.onnx.Site.Form;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Edits a graph so that its components can be switched, in each row of a batch others. What a
 * component gives is multiplied by its scale; what stands in its place, if anything does, by what
 * is missing of 1. The graph has these inputs more:
 *
 * <ul>
 *   <li>{@link #SCALE}, float {@code (batch, components)};
 *   <li>and where something else than zeros stands for what is switched off, {@link #fill} of each
 *       site, float: what it gives in {@code references} other texts, in the shape of its tensor;
 *       {@link #PARTNERS}, int64 {@code (batch)}: which of them each row takes; {@link #POSITIONS},
 *       int64 {@code (tokens)}: which position of it stands for each position of the rows.
 * </ul>
 */
final class SwitchEdit {
  static final String SCALE = CausalEdit.OWN + "scale";
  static final String PARTNERS = CausalEdit.OWN + "partners";
  static final String POSITIONS = CausalEdit.OWN + "positions";

  private static final String SITE = CausalEdit.OWN + "site/";
  private static final String ONE = SITE + "one";
  private static final String BATCH = SITE + "batch";
  private static final String TOKENS = SITE + "tokens";
  private static final String REFERENCES = SITE + "references";
  private static final String REFERENCE_TOKENS = SITE + "reference_tokens";

  private final GraphProto.Builder graph;
  private final List<Site> sites;
  private final boolean replaced;

  private SwitchEdit(GraphProto.Builder graph, List<Site> sites, boolean replaced) {
    this.graph = graph;
    this.sites = sites;
    this.replaced = replaced;
  }

  /** The input with what stands for what is switched off at a site. */
  static String fill(int site) {
    return SITE + site + "/fill";
  }

  /**
   * The edited graph.
   *
   * @param sites with their sizes; scales are in their order
   * @param replaced whether something else than zeros stands for what is switched off
   */
  static ModelProto of(ModelProto model, List<Site> sites, boolean replaced) {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    new SwitchEdit(graph, sites, replaced).edit();
    return model.toBuilder().setGraph(graph).build();
  }

  private void edit() {
    Map<String, Integer> bySite = new HashMap<>();
    int components = 0;
    int[] firsts = new int[sites.size()];
    for (int i = 0; i < sites.size(); i++) {
      bySite.put(sites.get(i).tensor(), i);
      firsts[i] = components;
      components += sites.get(i).count();
    }
    List<NodeProto> nodes = List.copyOf(graph.getNodeList());
    graph.clearNode();
    for (NodeProto node : nodes) {
      NodeProto.Builder maker = node.toBuilder();
      List<NodeProto> behind = new ArrayList<>();
      for (int o = 0; o < node.getOutputCount(); o++) {
        Integer site = bySite.get(node.getOutput(o));
        if (site != null) {
          // Whoever used the tensor, inner graphs among them, now uses the switched one.
          maker.setOutput(o, name(site, "plain"));
          behind.addAll(named(site, switched(site, firsts[site])));
        }
      }
      graph.addNode(maker).addAllNode(behind);
    }
    graph
        .addInput(Nodes.tensor(SCALE, ElementType.FLOAT, BATCH, components))
        .addInitializer(Nodes.floats(ONE, 1));
    if (replaced) {
      graph
          .addInput(Nodes.tensor(PARTNERS, ElementType.INT64, BATCH))
          .addInput(Nodes.tensor(POSITIONS, ElementType.INT64, TOKENS));
    }
  }

  /** The last bears the tensor's old name, which may be the name of the node that made it. */
  private static List<NodeProto> named(int site, List<NodeProto> nodes) {
    int last = nodes.size() - 1;
    nodes.set(last, nodes.get(last).toBuilder().setName(name(site, "last")).build());
    return nodes;
  }

  private static String name(int site, String part) {
    return SITE + site + "/" + part;
  }

  /** The nodes that make the switched tensor of a site of its plain one. */
  private List<NodeProto> switched(int i, int first) {
    Site site = sites.get(i);
    boolean joined = site.form() == Form.JOINED_HEADS;
    String columns = name(i, "columns");
    long[] numbers = LongStream.range(first, first + site.count()).toArray();
    graph
        .addInitializer(Nodes.constant(name(i, "numbers"), numbers))
        .addInitializer(Nodes.constant(name(i, "shape"), shape(site)));
    List<NodeProto> nodes = new ArrayList<>();
    nodes.add(node("Gather", List.of(SCALE, name(i, "numbers")), columns, attribute("axis", 1)));
    nodes.addAll(shaped(i, columns, name(i, "scale")));
    String data = name(i, "plain");
    if (joined) {
      graph
          .addInitializer(Nodes.constant(name(i, "split"), 0, 0, site.count(), site.size()))
          .addInitializer(
              Nodes.constant(name(i, "joined"), 0, 0, (long) site.count() * site.size()));
      nodes.add(node("Reshape", List.of(data, name(i, "split")), name(i, "heads")));
      data = name(i, "heads");
    }
    boolean filled = replaced || site.bias() != null;
    String switched = joined ? name(i, "switched") : site.tensor();
    String kept = filled ? name(i, "kept") : switched;
    nodes.add(node("Mul", List.of(data, name(i, "scale")), kept));
    if (filled) {
      nodes.add(node("Sub", List.of(ONE, columns), name(i, "missing")));
      nodes.addAll(shaped(i, name(i, "missing"), name(i, "rest")));
      nodes.addAll(
          replaced ? filling(i) : List.of(node("Neg", List.of(site.bias()), name(i, "instead"))));
      nodes.add(node("Mul", List.of(name(i, "instead"), name(i, "rest")), name(i, "put")));
      nodes.add(node("Add", List.of(kept, name(i, "put")), switched));
    }
    if (joined) {
      nodes.add(node("Reshape", List.of(switched, name(i, "joined")), site.tensor()));
    }
    return nodes;
  }

  /** The shape of scales beside the tensor of a site; 0 is the batch as it is. */
  private static long[] shape(Site site) {
    return switch (site.form()) {
      case HEADS -> new long[] {0, site.count(), 1, 1};
      case JOINED_HEADS -> new long[] {0, 1, site.count(), 1};
      case BLOCK, NEURONS -> new long[] {0, 1, site.count()};
    };
  }

  /** Scales in the type and the shape of the site. */
  private List<NodeProto> shaped(int i, String scales, String to) {
    List<NodeProto> nodes = new ArrayList<>();
    String typed = typed(i, scales, to + "/typed", nodes);
    nodes.add(node("Reshape", List.of(typed, name(i, "shape")), to));
    return nodes;
  }

  /** Floats in the type of the site, which may be another than that of the model's weights. */
  private String typed(int i, String floats, String to, List<NodeProto> nodes) {
    ElementType type = sites.get(i).type();
    if (type == ElementType.FLOAT) {
      return floats;
    }
    nodes.add(node("Cast", List.of(floats), to, attribute("to", type.ordinal())));
    return to;
  }

  /** What stands for what is switched off. */
  private List<NodeProto> filling(int i) {
    Site site = sites.get(i);
    Form form = site.form();
    graph.addInput(
        form == Form.HEADS
            ? Nodes.tensor(
                fill(i), ElementType.FLOAT, REFERENCES, site.count(), REFERENCE_TOKENS, site.size())
            : Nodes.tensor(
                fill(i), ElementType.FLOAT, REFERENCES, REFERENCE_TOKENS, site.together()));
    String partner = name(i, "partner");
    String placed = name(i, "placed");
    List<NodeProto> nodes = new ArrayList<>();
    nodes.add(node("Gather", List.of(fill(i), PARTNERS), partner, attribute("axis", 0)));
    nodes.add(
        node("Gather", List.of(partner, POSITIONS), placed, attribute("axis", form.tokens())));
    String typed = typed(i, placed, placed + "/typed", nodes);
    nodes.add(
        form == Form.JOINED_HEADS
            ? node("Reshape", List.of(typed, name(i, "split")), name(i, "instead"))
            : node("Identity", List.of(typed), name(i, "instead")));
    return nodes;
  }
}
