"""What models give with a head, a feed-forward block or a neuron switched off, without Ablate.

    python3 src/test/models/heads_reference.py FOLDER... > src/test/resources/switched/reference.jsonl

Needs onnx, onnxruntime and numpy. Ablate multiplies tensors inside of a graph. Here the weights
change instead: a head is off where the rows of the output projection that read it are 0, a neuron
where its row of the second feed-forward weights is, a block where all of those and their bias are.
Projections are known by the names that exporters give them, or by their place among the products of
a layer where nodes have no such names. Where activations are quantised with a scale of their own
the zeros must stand in front of that, so there the tensor is cut and put together again with zeros.

Where the mean of other texts stands for a head, its part of the output projection's output is added
as a constant: the mean of what the projection reads there, times the rows of it.

A line of output: folder, kind, and for each switched set of components the values of two rows of
tokens: logits of a classifier, log-probabilities of the last two tokens of a language model.
"""

import json
import os
import re
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

ROWS = [[5, 17, 33, 21, 8, 40], [5, 9, 12, 27]]
REFERENCE = [[7, 30, 12, 9, 44, 3, 21], [5, 17, 33], [11, 2, 28, 40]]
ASKED = 2
NEURON_STEP = 13

HEAD_OUT = re.compile(
    r"attention/output/(dense|MatMul)|o_proj|attn/c_proj|attention/out_lin|attn/Wo"
)
SECOND = re.compile(
    r"layer\.\d+/output/dense|down_proj|mlp/c_proj|ffn/lin2|mlp/Wo|layers\.\d+/down/"
)
PRODUCTS = ("MatMul", "Gemm", "MatMulInteger")

# Places of the output projection and the second feed-forward weights among a layer's products.
PLACES = {"bert": (6, 3, 5), "roberta": (6, 3, 5), "llama": (7, 3, 6)}


def graph_of(folder):
    for name in ("model.onnx", "onnx/model.onnx"):
        if os.path.exists(os.path.join(folder, name)):
            return os.path.join(folder, name)
    raise SystemExit(folder + " has no graph")


def first(config, *names):
    return next(config[name] for name in names if config.get(name) is not None)


class Model:
    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "config.json")) as file:
            config = json.load(file)
        self.heads = first(config, "num_attention_heads", "n_heads", "n_head")
        self.layers = first(config, "num_hidden_layers", "n_layers", "n_layer")
        self.pad = config.get("pad_token_id") or 0
        self.model = onnx.load(graph_of(folder))
        self.weights = {w.name: w for w in self.model.graph.initializer}
        out, second = self.projections(config["model_type"] if "model_type" in config else "")
        assert len(out) == self.layers and len(second) in (0, self.layers), (folder, out, second)
        self.out, self.second = out, second

    def projections(self, family):
        makers = {o: n for n in self.model.graph.node for o in n.output}

        def weight(node):
            name = node.input[1]
            while name in makers and makers[name].op_type in ("Transpose", "Cast"):
                name = makers[name].input[0]
            return name if name in self.weights else None

        nodes = [n for n in self.model.graph.node if n.op_type in PRODUCTS and weight(n)]
        out = [n.name for n in nodes if HEAD_OUT.search(n.name)]
        second = [n.name for n in nodes if SECOND.search(n.name) and n.name not in out]
        if not out:
            each, o, s = PLACES[family]
            out = [nodes[layer * each + o].name for layer in range(self.layers)]
            second = [nodes[layer * each + s].name for layer in range(self.layers)]
        return out, second

    def copy(self):
        copied = onnx.ModelProto()
        copied.CopyFrom(self.model)
        return copied


def node_of(graph, name):
    return next(n for n in graph.node if n.name == name)


def replace_weight(graph, node, place, change):
    """Gives one node its own changed copy of a weight, which may stand behind a Transpose."""
    makers = {o: n for n in graph.node for o in n.output}
    name, turned = node.input[place], False
    while name in makers:
        turned ^= makers[name].op_type == "Transpose"
        name = makers[name].input[0]
    tensor = next(w for w in graph.initializer if w.name == name)
    value = numpy_helper.to_array(tensor).copy()
    turned ^= any(a.name == "transB" and a.i for a in node.attribute) and place == 1
    change(value.T if turned else value)
    own = "changed/%d" % len(graph.initializer)
    graph.initializer.append(numpy_helper.from_array(value, own))
    if node.input[place] == name:
        node.input[place] = own
        return
    # The nodes between the weight and its user are repeated for the copy.
    chain, at = [], node.input[place]
    while at != name:
        chain.append(makers[at])
        at = makers[at].input[0]
    source = own
    for link in reversed(chain):
        again = onnx.NodeProto()
        again.CopyFrom(link)
        again.name = again.output[0] = "%s/%s" % (own, link.name)
        again.input[0] = source
        graph.node.insert(0, again)
        source = again.output[0]
    node.input[place] = source


def cut(graph, node, columns):
    """Puts zeros for some columns of what a quantised product reads."""
    makers = {o: n for n in graph.node for o in n.output}
    quantise = makers[node.input[0]]
    assert quantise.op_type == "DynamicQuantizeLinear"
    before = quantise.input[0]
    parts, names = [], []
    for number, (start, end, kept) in enumerate(columns):
        part = "%s/cut/%d/%d" % (node.name, len(graph.node), number)
        for suffix, value in (("/start", start), ("/end", end), ("/axis", -1)):
            graph.initializer.append(numpy_helper.from_array(np.array([value]), part + suffix))
        parts.append(
            helper.make_node("Slice", [before, part + "/start", part + "/end", part + "/axis"], [part])
        )
        if not kept:
            parts.append(helper.make_node("Sub", [part, part], [part + "/zero"]))
        names.append(part if kept else part + "/zero")
    joined = names[0] + "/joined"
    parts.append(helper.make_node("Concat", names, [joined], axis=-1))
    for place, candidate in enumerate(graph.node):
        if candidate.output[0] == quantise.output[0]:
            break
    for part in reversed(parts):
        graph.node.insert(place, part)
    for reader in graph.node:
        if reader.op_type == "DynamicQuantizeLinear" and reader.input[0] == before:
            reader.input[0] = joined


def switch_columns(graph, node, ranges, width):
    if node.op_type == "MatMulInteger":
        columns, at = [], 0
        for start, end in ranges:
            columns += [(at, start, True), (start, end, False)]
            at = end
        columns.append((at, width, True))
        cut(graph, node, [c for c in columns if c[0] < c[1]])
        return

    def change(weights):
        for start, end in ranges:
            weights[start:end] = 0

    replace_weight(graph, node, 1, change)


def switch_block(graph, node):
    def clear(weights):
        weights[...] = 0

    users = {}
    for n in graph.node:
        for i in n.input:
            users.setdefault(i, []).append(n)
    if node.op_type == "MatMulInteger":
        zero = next(w for w in graph.initializer if w.name == node.input[3])
        assert not numpy_helper.to_array(zero).any()
    replace_weight(graph, node, 1, clear)
    if node.op_type == "Gemm":
        replace_weight(graph, node, 2, clear)
        return
    weights = {w.name for w in graph.initializer}
    at = node
    while True:
        (at,) = users[at.output[0]]
        if at.op_type == "SkipLayerNormalization":
            replace_weight(graph, at, 4, clear)
            return
        if at.op_type == "Add":
            places = [p for p, name in enumerate(at.input) if name in weights]
            if places:
                replace_weight(graph, at, places[0], clear)
            return
        assert at.op_type in ("Cast", "Mul"), at.op_type


def sets(model, kind):
    """Each component off alone, and every second one off together."""
    if kind == "heads":
        all_of = [(layer, h) for layer in range(model.layers) for h in range(model.heads)]
    elif kind == "mlp":
        all_of = [(layer, 0) for layer in range(model.layers)]
    else:
        all_of = [(model.layers - 1, n) for n in range(inner(model))][:: NEURON_STEP]
    return [[one] for one in all_of] + [all_of[::2]]


def inner(model):
    return weight_shape(model, model.second[-1])[0]


def weight_shape(model, name):
    node = node_of(model.model.graph, name)
    makers = {o: n for n in model.model.graph.node for o in n.output}
    weight, turned = node.input[1], any(a.name == "transB" and a.i for a in node.attribute)
    while weight in makers:
        turned ^= makers[weight].op_type == "Transpose"
        weight = makers[weight].input[0]
    shape = list(model.weights[weight].dims)
    return shape[::-1] if turned else shape


def switched(model, kind, off):
    copied = model.copy()
    graph = copied.graph
    for layer in range(model.layers):
        numbers = [n for l, n in off if l == layer]
        if not numbers:
            continue
        node = node_of(graph, (model.out if kind == "heads" else model.second)[layer])
        if kind == "mlp":
            switch_block(graph, node)
            continue
        width = weight_shape(model, node.name)[0]
        size = width // model.heads if kind == "heads" else 1
        switch_columns(graph, node, [(n * size, (n + 1) * size) for n in numbers], width)
    return copied


def feeds(session, model, row):
    given = {}
    for tensor in session.get_inputs():
        if tensor.name.startswith("past_key_values"):
            shape = [1, tensor.shape[1], 0, tensor.shape[3]]
            given[tensor.name] = np.zeros(shape, np.float16 if "16" in tensor.type else np.float32)
            continue
        fixed = [size if isinstance(size, int) else 0 for size in tensor.shape]
        length = fixed[1] or len(row)
        mask = [1] * len(row) + [0] * (length - len(row))
        values = {
            "input_ids": row + [model.pad] * (length - len(row)),
            "attention_mask": mask,
            "token_type_ids": [0] * length,
            "position_ids": list(range(length)),
        }[tensor.name]
        kind = np.int32 if "int32" in tensor.type else np.int64
        given[tensor.name] = np.array([values] * (fixed[0] or 1), kind)
    return given


def opened(graph):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph.SerializeToString(), options)


def read_by(model):
    """What each output projection reads in the reference, for each of its rows (tokens, width)."""
    copied = model.copy()
    names = [node_of(copied.graph, name).input[0] for name in model.out]
    copied.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    session = opened(copied)
    rows = [session.run(names, feeds(session, model, row)) for row in REFERENCE]
    return [[r[layer].reshape(-1, r[layer].shape[-1]) for r in rows] for layer in range(model.layers)]


def with_means(model, off, length, by_position):
    """The graph for rows of a length: means of the reference stand for what is off."""
    changed = switched(model, "heads", off)
    graph = changed.graph
    for layer, rows in enumerate(read_by(model)):
        numbers = [n for l, n in off if l == layer]
        if not numbers:
            continue
        means = [np.concatenate(rows).mean(axis=0, dtype=np.float64)] * length
        if by_position:
            means = [
                np.mean([r[t] for r in rows if len(r) > t], axis=0, dtype=np.float64)
                for t in range(length)
            ]
        node = node_of(model.model.graph, model.out[layer])
        weights = plain_weights(model, node)
        size = len(weights) // model.heads
        added = np.zeros((length, weights.shape[1]))
        for n in numbers:
            part = slice(n * size, (n + 1) * size)
            added += np.array(means)[:, part] @ weights[part].astype(np.float64)
        node = node_of(graph, model.out[layer])
        name, own = node.output[0], node.output[0] + "/own"
        node.output[0] = own
        graph.initializer.append(numpy_helper.from_array(added.astype(np.float32), name + "/mean"))
        place = next(p for p, n in enumerate(graph.node) if n.name == node.name)
        graph.node.insert(place + 1, helper.make_node("Add", [own, name + "/mean"], [name]))
    return changed


def plain_weights(model, node):
    makers = {o: n for n in model.model.graph.node for o in n.output}
    name, turned = node.input[1], any(a.name == "transB" and a.i for a in node.attribute)
    while name in makers:
        turned ^= makers[name].op_type == "Transpose"
        name = makers[name].input[0]
    value = numpy_helper.to_array(model.weights[name])
    return value.T if turned else value


def has_means(model):
    """Means are tried where all is in floats of 32 bits and rows have their own length."""
    graph = model.model.graph
    weights = plain_weights(model, node_of(graph, model.out[0]))
    ids = next(i for i in graph.input if i.name == "input_ids")
    free = all(size.dim_param for size in ids.type.tensor_type.shape.dim)
    return weights.dtype == np.float32 and free


def values(model, graph_of_length):
    found = []
    for row in ROWS:
        session = opened(graph_of_length(len(row)))
        logits = session.run(["logits"], feeds(session, model, row))[0][0].astype(np.float64)
        if logits.ndim == 1:
            found.append(logits)
            continue
        top = logits.max(axis=-1, keepdims=True)
        likely = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
        length = len(row)
        found.append([likely[t - 1, row[t]] for t in range(length - ASKED, length)])
    return [[float("%.9g" % v) for v in row] for row in found]


def line(model, folder, kind, offs, graph_of):
    values_of = [values(model, lambda length, off=off: graph_of(off, length)) for off in offs]
    found = {"model": os.path.basename(folder.rstrip("/")), "kind": kind}
    found["off"] = [["%d.%d" % one for one in off] for off in offs]
    found["values"] = values_of
    print(json.dumps(found, separators=(",", ":")), flush=True)


def main():
    for folder in sys.argv[1:]:
        model = Model(folder)
        for kind in ("heads", "mlp", "neurons") if model.second else ("heads",):
            offs = sets(model, kind)
            line(model, folder, kind, offs, lambda off, length, k=kind: switched(model, k, off))
        if has_means(model):
            offs = [sets(model, "heads")[0], sets(model, "heads")[-1]]
            for kind, each in (("mean", False), ("mean-of-position", True)):
                line(model, folder, kind, offs, lambda o, n, e=each: with_means(model, o, n, e))
        print(folder, file=sys.stderr)


if __name__ == "__main__":
    main()
