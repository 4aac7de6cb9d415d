"""Measures planted models as they were exported: that the pair matters only together, and what all other heads do.

    python3 src/models/planted/check.py OUT [SEED ...]
"""
import argparse
import json
import os
import pathlib

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy
import onnx
import onnxruntime
import tokenizers

from make import SEEDS
from network import HEAD_WIDTH, HEADS, LAYERS, WIDTH

COUNT = LAYERS * HEADS
MASKS, BACKGROUNDS, ROWS_AT_ONCE = 20_000, 500, 500


class Model:
    """An exported model whose graph got an input that multiplies the heads' outputs."""

    def __init__(self, folder):
        graph = onnx.load(str(folder / "model.onnx"))
        self.plain = self._session(graph)
        for layer in range(LAYERS):
            place, = (place for place, node in enumerate(graph.graph.node)
                      if node.name.endswith(f"layer.{layer}/attention/output/dense/MatMul"))
            name = f"switches.{layer}"
            projection = graph.graph.node[place]
            heads, projection.input[0] = projection.input[0], name + ".product"
            graph.graph.node.insert(place, onnx.helper.make_node("Mul", [heads, name], [name + ".product"]))
            graph.graph.input.append(
                onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["batch", 1, WIDTH]))
        self.switched = self._session(graph)
        self.tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))

    @staticmethod
    def _session(graph):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def log_odds(self, text, masks=None):
        """The log-odds of "yes" (masks,) of a text under masks (masks, heads), or with the graph as it is."""
        ids = numpy.array([self.tokenizer.encode(text).ids])
        if masks is None:
            logits = self._run(self.plain, ids, {})
        else:
            logits = numpy.concatenate([self._masked(ids, masks[start:start + ROWS_AT_ONCE])
                                        for start in range(0, len(masks), ROWS_AT_ONCE)])
        return (logits[:, 1] - logits[:, 0]).astype(numpy.float64)

    def _masked(self, ids, masks):
        units = numpy.repeat(masks, HEAD_WIDTH, axis=1).astype(numpy.float32).reshape(len(masks), LAYERS, 1, WIDTH)
        return self._run(self.switched, numpy.repeat(ids, len(masks), axis=0),
                         {f"switches.{layer}": units[:, layer] for layer in range(LAYERS)})

    @staticmethod
    def _run(session, ids, switches):
        return session.run(None, {"input_ids": ids, "attention_mask": numpy.ones_like(ids), **switches})[0]


def name(head):
    return f"L{head // HEADS}H{head % HEADS}"


def four(model, text, pair, draw):
    """The mean log-odds over random masks of the other heads with none of the pair, either, and both; and the most by
    which either alone moves them."""
    masks = draw.integers(0, 2, (BACKGROUNDS, COUNT))
    values = []
    for first, second in ((0, 0), (1, 0), (0, 1), (1, 1)):
        masks[:, pair[0]], masks[:, pair[1]] = first, second
        values.append(model.log_odds(text, masks))
    alone = max(abs(values[1] - values[0]).max(), abs(values[2] - values[0]).max())
    return [value.mean() for value in values], alone


def pairs(masks, values):
    """Fourier coefficients of all pairs (heads, heads), of what least squares on single heads leaves."""
    signs = 1.0 - 2.0 * masks
    single = numpy.concatenate([numpy.ones((len(masks), 1)), signs], axis=1)
    left = values - single @ numpy.linalg.lstsq(single, values, rcond=None)[0]
    found = signs.T @ (signs * left[:, None]) / len(masks)
    return numpy.triu(found, 1), 1 - left.var() / values.var(), left.std() / len(masks) ** 0.5


def report(folder):
    model, plan = Model(folder), json.loads((folder / "planted.json").read_text(encoding="utf-8"))
    text = json.loads((folder / "texts.jsonl").read_text(encoding="utf-8").splitlines()[0])["text"]
    draw = numpy.random.default_rng(11)
    pair = [layer * HEADS + head for layer, head in plan["pair"]]
    dead = [layer * HEADS + head for layer, head in plan["dead"]]
    whole = model.log_odds(text)
    same = (whole == model.log_odds(text, numpy.ones((1, COUNT), dtype=int))).all()
    print(f"\n{folder.name}: {name(pair[0])} and {name(pair[1])}, sign {plan['sign']:+d}; log-odds {whole[0]:+.3f}, "
          f"{'the same' if same else 'OTHERWISE'} with all switches on")
    means, alone = four(model, text, pair, draw)
    print("  mean log-odds with none, first, second, both: " + ", ".join(f"{mean:+.4f}" for mean in means)
          + f"; either alone moves them by at most {alone:.1e}")
    masks = draw.integers(0, 2, (MASKS, COUNT))
    values = model.log_odds(text, masks)
    others = masks.copy()
    others[:, dead] = 1 - others[:, dead]
    print(f"  dead heads turned around move them by at most {abs(model.log_odds(text, others) - values).max():.1e}")
    coefficients, linear, error = pairs(masks, values)
    order = numpy.argsort(-abs(coefficients), axis=None)[:4]
    largest = ", ".join(f"{name(a)} {name(b)} {coefficients[a, b]:+.4f}"
                        for a, b in zip(*numpy.unravel_index(order, coefficients.shape)))
    print(f"  {MASKS} masks: spread {values.std():.3f}, single heads explain {linear:.3f}; the largest pairs of "
          f"{COUNT * (COUNT - 1) // 2} (error {error:.4f}): {largest}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("seeds", nargs="*", type=int, default=SEEDS)
    options = parser.parse_args()
    for seed in options.seeds:
        report(options.out / str(seed))


if __name__ == "__main__":
    main()
