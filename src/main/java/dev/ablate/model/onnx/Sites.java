package dev.ablate.model.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.ablate.code.InputException;
import dev.ablate.model.Component.Kind;
import dev.ablate.model.ComponentChoice;
import dev.ablate.model.onnx.Site.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/**
 * Finds the components of a network in its graph. The operators say where they should be; a run of
 * the graph shows how many there are, and that the tensors have the shapes that they should have.
 */
final class Sites {
  /** Another number than that of tokens, so that no axis is taken for the other. */
  private static final int ROWS = 2;

  private static final int TOKENS = 3;

  /** Nodes that a message names. */
  private static final int NAMED = 3;

  private final SwitchedNetwork.Parts parts;
  private final ModelProto model;
  private final GraphView view;

  private Sites(SwitchedNetwork.Parts parts, ModelProto model) {
    this.parts = parts;
    this.model = model;
    this.view = new GraphView(model.getGraph());
  }

  /**
   * Finds what is chosen.
   *
   * @return layer by layer, heads before the block
   * @throws InputException if there are not as many as config.json says, if a tensor has another
   *     shape than components have, or if the network lacks a layer that is chosen
   */
  static List<Site> find(
      SwitchedNetwork.Parts parts, ModelProto model, ComponentChoice choice) {
    Sites sites = new Sites(parts, model);
    List<Site> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (choice.has(kind)) {
        List<Site> found =
            kind == Kind.HEAD
                ? AttentionSites.in(sites.view)
                : MlpSites.in(sites.view, parts.sizes(), kind);
        sites.requireLayers(found, kind);
        choice.requireLayers(found.size());
        all.addAll(found);
      }
    }
    all.removeIf(site -> !choice.hasLayer(site.layer()));
    all.sort(Comparator.comparingInt(Site::layer));
    return sites.shown(all);
  }

  private void requireLayers(List<Site> found, Kind kind) {
    OptionalInt layers = parts.sizes().layers();
    if (!found.isEmpty() && (layers.isEmpty() || layers.getAsInt() == found.size())) {
      return;
    }
    int functions = model.getFunctionsCount();
    String what = kind == Kind.HEAD ? "attention" : "feed-forward block";
    String wanted =
        kind == Kind.HEAD
            ? "a Softmax whose product with the values is transposed by (0, 2, 1, 3), or an"
                + " Attention operator"
            : MlpSites.wanted(parts.sizes());
    throw new InputException(
        "the graph "
            + parts.graph().origin()
            + " shows the "
            + what
            + " of "
            + found.size()
            + " layers"
            + (layers.isPresent()
                ? " where config.json names " + layers.getAsInt() + " (num_hidden_layers)"
                : "")
            + "; looked for was "
            + wanted
            + (found.isEmpty() ? "" : "; found: " + names(found.stream().map(Site::node).toList()))
            + (kind == Kind.HEAD ? notUnderstood() : "")
            + (functions == 0 ? "" : "; not looked into: " + functions + " functions of the graph")
            + "; export the model again with attention written out"
            + " (attn_implementation=\"eager\"), without further fusion");
  }

  private String notUnderstood() {
    List<String> others = AttentionSites.notUnderstood(view);
    return others.isEmpty() ? "" : "; not understood: " + names(others);
  }

  private static String names(List<String> all) {
    List<String> names = all.subList(0, Math.min(all.size(), NAMED));
    return String.join(", ", names) + (all.size() > names.size() ? ", …" : "");
  }

  /** The sites with the sizes that a run shows. */
  private List<Site> shown(List<Site> sites) {
    List<String> tensors = sites.stream().map(Site::tensor).toList();
    try (Taps taps = Taps.open(parts.graph(), model, tensors, parts.filler())) {
      int fixed = taps.inputs().fixedLength();
      int tokens = Math.min(fixed == 0 ? TOKENS : Math.min(TOKENS, fixed), parts.maxTokens());
      List<int[]> rows = new ArrayList<>();
      for (int r = 0; r < Math.min(ROWS, taps.inputs().mostRows()); r++) {
        rows.add(parts.sample().row(r, tokens));
      }
      TokenBatch batch = TokenBatch.of(TokenRows.of(rows), 0, rows.size());
      List<long[]> shapes =
          ModelFailure.on(parts.graph().origin(), batch, () -> taps.shapes(batch));
      List<Site> shown = new ArrayList<>();
      for (int i = 0; i < sites.size(); i++) {
        long[] around = {taps.inputs().rows(batch), taps.inputs().width(batch)};
        shown.add(shown(sites.get(i), shapes.get(i), taps.types().get(i), around));
      }
      return shown;
    }
  }

  /**
   * One of them.
   *
   * @param around rows and tokens of the run
   */
  private Site shown(Site site, long[] shape, ElementType type, long[] around) {
    Form form = site.form();
    boolean fits =
        shape.length == form.axes()
            && shape[0] == around[0]
            && shape[form.tokens()] == around[1]
            && Signature.hasFloats(type);
    int last = fits ? (int) shape[form.axes() - 1] : 0;
    int count = fits && form == Form.HEADS ? (int) shape[1] : site.count();
    int size = form == Form.HEADS || count == 0 ? last : last / count;
    if (form == Form.BLOCK) {
      size = last;
    }
    OptionalInt heads = parts.sizes().heads();
    boolean right =
        fits
            && count > 0
            && size > 0
            && (form == Form.HEADS || count * size == last)
            && (site.kind() != Kind.HEAD || heads.isEmpty() || heads.getAsInt() == count);
    if (!right) {
      throw new InputException(
          "the node "
              + site.node()
              + " of the graph "
              + parts.graph().origin()
              + " gives "
              + type
              + " of shape "
              + Arrays.toString(shape)
              + " for "
              + around[0]
              + " rows of "
              + around[1]
              + " tokens; looked for was "
              + wanted(site)
              + "; export the model again with attention written out"
              + " (attn_implementation=\"eager\"), without further fusion");
    }
    return site.shown(count, size, type);
  }

  private String wanted(Site site) {
    OptionalInt heads = parts.sizes().heads();
    String number = heads.isPresent() ? heads.getAsInt() + " heads" : "heads";
    return "floats of shape "
        + switch (site.form()) {
          case HEADS -> "(rows, " + number + ", tokens, size)";
          case JOINED_HEADS -> "(rows, tokens, " + number + " * size)";
          case BLOCK -> "(rows, tokens, size)";
          case NEURONS -> "(rows, tokens, " + site.count() + " neurons)";
        };
  }
}
