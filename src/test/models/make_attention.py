"""Writes small classifiers whose attention is one operator a layer, with random weights.

    python3 src/test/models/make_attention.py

Exporters of today write attention out; files that optimizers made, and opset 23, have it in one
operator. Each classifier has two layers of four heads, a residual stream and no feed-forward block.
"""

import json
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TO = "src/test/resources/switched"
VOCABULARY, HIDDEN, HEADS, LABELS, LAYERS = 48, 32, 4, 3, 2
SIZE = HIDDEN // HEADS
SHARED = 2  # Heads of keys and values where queries share them.


class Graph:
    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.weights = [], []

    def weight(self, name, *shape, value=None):
        if value is None:
            value = (self.random.normal(size=shape) / 6).astype(np.float32)
        self.weights.append(numpy_helper.from_array(value, name))
        return name

    def add(self, operator, inputs, output, domain="", others=(), **attributes):
        self.nodes.append(
            helper.make_node(
                operator, inputs, [output, *others], name=output, domain=domain, **attributes
            )
        )
        return output

    def project(self, x, name, width):
        return self.add("MatMul", [x, self.weight(name + ".weight", HIDDEN, width)], name)


def attention(g, x, layer):
    p = "layers.%d/" % layer
    weight = g.weight(p + "qkv.weight", HIDDEN, 3 * HIDDEN)
    bias = g.weight(p + "qkv.bias", 3 * HIDDEN)
    inputs = [x, weight, bias, "mask"]
    return g.add("Attention", inputs, p + "attention", "com.microsoft", num_heads=HEADS)


def multi_head(g, x, layer):
    p = "layers.%d/" % layer
    q, k, v = (g.project(x, p + n, HIDDEN) for n in ("query", "key", "value"))
    bias = g.weight(p + "qkv.bias", 3 * HIDDEN)
    inputs = [q, k, v, bias, "mask"]
    return g.add("MultiHeadAttention", inputs, p + "attention", "com.microsoft", num_heads=HEADS)


def grouped(g, x, layer):
    p = "layers.%d/" % layer
    q = g.project(x, p + "query", HIDDEN)
    k, v = (g.project(x, p + n, SHARED * SIZE) for n in ("key", "value"))
    return g.add(
        "GroupQueryAttention",
        [q, k, v, "", "", "ends", "width"],
        p + "attention",
        "com.microsoft",
        (p + "present.key", p + "present.value"),
        num_heads=HEADS,
        kv_num_heads=SHARED,
    )


def opset23(g, x, layer):
    p = "layers.%d/" % layer
    q = g.project(x, p + "query", HIDDEN)
    k, v = (g.project(x, p + n, SHARED * SIZE) for n in ("key", "value"))
    return g.add(
        "Attention", [q, k, v, "seen"], p + "attention", q_num_heads=HEADS, kv_num_heads=SHARED
    )


def write(name, attend, seed, opset=17):
    g = Graph(seed)
    one = g.weight("one", value=np.array([1], np.int64))
    g.add("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    g.add("Cast", ["attention_mask"], "kept", to=TensorProto.BOOL)
    two = g.weight("two", value=np.array([2], np.int64))
    g.add("Unsqueeze", ["kept", two], "kept_column")
    if name == "grouped":
        g.add("ReduceSum", ["mask", one], "lengths", keepdims=0)
        g.add("Sub", ["lengths", g.weight("last", value=np.array(1, np.int32))], "ends")
        g.add("Shape", ["input_ids"], "shape", start=1, end=2)
        none = g.weight("none", value=np.zeros(0, np.int64))
        g.add("Reshape", ["shape", none], "columns")
        g.add("Cast", ["columns"], "width", to=TensorProto.INT32)
    if name == "opset23":
        axes = g.weight("axes", value=np.array([1, 2], np.int64))
        g.add("Unsqueeze", ["kept", axes], "seen_row")
        g.add("Shape", ["input_ids"], "rows", start=0, end=1)
        g.add("Shape", ["input_ids"], "columns", start=1, end=2)
        g.add("Concat", ["rows", one, "columns", "columns"], "square", axis=0)
        g.add("Expand", ["seen_row", "square"], "seen")
    x = g.add("Gather", [g.weight("embeddings", VOCABULARY, HIDDEN), "input_ids"], "embedded")
    for layer in range(LAYERS):
        out = g.project(attend(g, x, layer), "layers.%d/o_proj" % layer, HIDDEN)
        x = g.add("Add", [x, out], "layers.%d/stream" % layer)
    # GroupQueryAttention leaves anything behind the end of a row, so that a factor of 0 is too weak.
    zero = g.weight("zero", value=np.array(0, np.float32))
    g.add("Where", ["kept_column", x, zero], "text")
    g.add("ReduceSum", ["text", one], "pooled", keepdims=0)
    g.add("MatMul", ["pooled", g.weight("classifier.weight", HIDDEN, LABELS)], "logits")
    shape = ["batch", "sequence"]
    graph = helper.make_graph(
        g.nodes,
        name,
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, shape),
            helper.make_tensor_value_info("attention_mask", TensorProto.INT64, shape),
        ],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", LABELS])],
        g.weights,
    )
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets)
    model.ir_version = 8 if opset < 21 else 10
    folder = os.path.join(TO, name)
    os.makedirs(folder, exist_ok=True)
    onnx.save(model, os.path.join(folder, "model.onnx"))
    config = {"num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "hidden_size": HIDDEN}
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(config, file)
        file.write("\n")


if __name__ == "__main__":
    write("attention", attention, 1)
    write("multi-head", multi_head, 2)
    write("grouped", grouped, 3)
    write("opset23", opset23, 4, opset=23)
