"""The exported model as other programs see it: the folder's graph and tokenizer, run by ONNX Runtime."""
import json

import numpy
import onnx
import onnxruntime
import tokenizers

from network import HEADS, LAYERS, WIDTH
from words import PAD

INPUTS = ["input_ids", "attention_mask", "position_ids"]
PAST = [f"past_key_values.{layer}.{part}" for layer in range(LAYERS) for part in ("key", "value")]
PRESENT = [f"present.{layer}.{part}" for layer in range(LAYERS) for part in ("key", "value")]
SWITCHES = [f"switches.{layer}" for layer in range(LAYERS)]
ROWS_AT_ONCE = 64


class Model:
    """A model folder.

    switched: whether the graph gets inputs that multiply the outputs of its heads, and gives their attention
    """

    def __init__(self, folder, switched=False):
        graph = onnx.load(str(folder / "model.onnx"))
        if switched:
            add_switches(graph.graph)
            add_attention(graph.graph)
        self.session = session(graph.SerializeToString())
        self.live = live_heads(graph.graph)
        self.switched = switched
        self.tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.ends = json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))["eos_token_id"]

    def encode(self, text):
        return self.tokenizer.encode(text).ids

    def answer(self, text, most=8):
        """What greedy decoding writes behind a text, and whether it came to an end by itself."""
        row, begin = self.encode(text), len(self.encode(text))
        while len(row) < begin + most:
            logits = run(self.session, numpy.array([row]), nothing(1), switches=self._all_on(1))[0]
            likeliest = int(logits[0, -1].argmax())
            if likeliest in self.ends:
                return self.tokenizer.decode(row[begin:]), True
            row.append(likeliest)
        return self.tokenizer.decode(row[begin:]), False

    def judge(self, rows, answers, switches=None):
        """The mean log-probability of the answers' tokens (rows,), and whether each of them is the likeliest (rows,).

        rows, answers: lists of token numbers; switches: (layers, heads) for all rows, or None where all are on
        """
        values, right = [], []
        for start in range(0, len(rows), ROWS_AT_ONCE):
            chunk = slice(start, start + ROWS_AT_ONCE)
            of_chunk = self._judge(rows[chunk], answers[chunk], switches)
            values.append(of_chunk[0])
            right.append(of_chunk[1])
        return numpy.concatenate(values), numpy.concatenate(right)

    def _judge(self, rows, answers, switches):
        whole = [row + answer[:-1] for row, answer in zip(rows, answers)]
        ids = numpy.full((len(rows), max(map(len, whole))), PAD, dtype=numpy.int64)
        mask = numpy.zeros_like(ids)
        for place, row in enumerate(whole):
            ids[place, :len(row)], mask[place, :len(row)] = row, 1
        on = self._all_on(len(rows)) if switches is None else numpy.broadcast_to(switches, (len(rows), LAYERS, HEADS))
        logits = run(self.session, ids, nothing(len(rows)), mask, on if self.switched else None)[0]
        values, right = numpy.empty(len(rows)), numpy.empty(len(rows), dtype=bool)
        for place, (row, answer) in enumerate(zip(rows, answers)):
            asked = logits[place, len(row) - 1:len(row) - 1 + len(answer)].astype(numpy.float64)
            most = asked.max(axis=1, keepdims=True)
            logs = asked - most - numpy.log(numpy.exp(asked - most).sum(axis=1, keepdims=True))
            values[place] = logs[range(len(answer)), answer].mean()
            right[place] = (asked.argmax(axis=1) == answer).all()
        return values, right

    def attention(self, rows):
        """What each head attends to: (rows, layers, heads, from, to), of rows of one length."""
        ids = numpy.array(rows)
        return numpy.stack(run(self.session, ids, nothing(len(rows)), switches=self._all_on(len(rows)))[-LAYERS:], 1)

    def _all_on(self, rows):
        return numpy.ones((rows, LAYERS, HEADS), numpy.float32) if self.switched else None


def session(graph):
    """A session of one thread for a path or the bytes of a graph."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def nothing(rows):
    """The keys and values of no tokens, for so many rows."""
    return [numpy.zeros((rows, HEADS, 0, WIDTH // HEADS), numpy.float32)] * len(PAST)


def run(graph, ids, past, mask=None, switches=None):
    """Logits (rows, length, vocabulary) of right-padded token numbers (rows, length) behind a past, then the keys and
    values of past and rows together.

    mask: (rows, length), 1 where a token is no padding; positions count on over padding
    switches: (rows, layers, heads), where the graph has them
    """
    before = past[0].shape[2]
    mask = numpy.ones_like(ids) if mask is None else mask
    everything = numpy.concatenate([numpy.ones((len(ids), before), numpy.int64), mask], axis=1)
    positions = numpy.broadcast_to(numpy.arange(before, before + ids.shape[1]), ids.shape)
    inputs = dict(zip(INPUTS + PAST, [ids, everything, positions, *past]))
    if switches is not None:
        for layer, name in enumerate(SWITCHES):
            inputs[name] = numpy.repeat(switches[:, layer], WIDTH // HEADS, axis=1)[:, None].astype(numpy.float32)
    return graph.run(None, inputs)


def output_projection(graph, layer):
    """The place of the node that projects the heads' outputs of a layer."""
    place, = (place for place, node in enumerate(graph.node)
              if node.name.endswith(f"layers.{layer}/self_attn/o_proj/MatMul"))
    return place


def live_heads(graph):
    """Whether any output of each head is read: (layers, heads). The weights that would read a pruned one are 0."""
    weights = {weight.name: weight for weight in graph.initializer}
    projections = [graph.node[output_projection(graph, layer)].input[1] for layer in range(LAYERS)]
    return numpy.array([onnx.numpy_helper.to_array(weights[name]).reshape(HEADS, -1).any(axis=1)
                        for name in projections])


def add_switches(graph):
    """Multiplies what goes into each output projection by a new input (rows, 1, width)."""
    for layer, name in enumerate(SWITCHES):
        place = output_projection(graph, layer)
        projection = graph.node[place]
        heads = projection.input[0]
        projection.input[0] = name + ".product"
        graph.node.insert(place, onnx.helper.make_node("Mul", [heads, name], [name + ".product"]))
        graph.input.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["batch", 1, WIDTH]))


def add_attention(graph):
    """Makes the attention of each layer an output (rows, heads, from, to)."""
    for layer in range(LAYERS):
        softmax, = (node for node in graph.node if node.name.endswith(f"layers.{layer}/self_attn/Softmax"))
        graph.output.append(onnx.helper.make_tensor_value_info(softmax.output[0], onnx.TensorProto.FLOAT, [None] * 4))
