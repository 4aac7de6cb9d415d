"""Writes the model as ONNX with past keys and values, its tokenizer and its configuration."""
import json

import numpy
import onnx
import torch
from transformers import DynamicCache

from model import INPUTS, PAST, PRESENT, nothing, run, session
from network import HEADS, POSITIONS, WIDTH
from prompts import text
from words import END, NUMBER, PAD, SPECIAL, START, UNKNOWN, VOCABULARY, numbers, tokenizer

OPSET = 17
NEAR = 1e-4  # the most by which the graph may differ from the network
SIZE_LIMIT = 1_000_000  # bytes of model.onnx


class WithPast(torch.nn.Module):
    """Token numbers, mask and positions of what is new, and flat keys and values of what stands before it."""

    def __init__(self, llama):
        super().__init__()
        self.llama = llama

    def forward(self, input_ids, attention_mask, position_ids, *past):
        cache = DynamicCache(list(zip(past[::2], past[1::2])))
        made = self.llama(input_ids=input_ids, attention_mask=attention_mask, position_ids=position_ids,
                          past_key_values=cache, use_cache=True)
        return made.logits, *(part for layer in made.past_key_values.layers for part in (layer.keys, layer.values))


class Plain(torch.nn.Module):
    """Whole rows at once."""

    def __init__(self, llama):
        super().__init__()
        self.llama = llama

    def forward(self, input_ids, attention_mask):
        return self.llama(input_ids=input_ids, attention_mask=attention_mask, use_cache=False).logits


def export(network, folder):
    """Writes all files of the model into a folder. The heads that are off must have been cut."""
    network.eval()
    _write_graph(network.llama, folder / "model.onnx")
    plain = folder / "plain.onnx"
    _write_plain_graph(network.llama, plain)
    print(f"largest difference from the network: {difference(network.llama, folder / 'model.onnx'):.1e} with past, "
          f"{plain_difference(network.llama, plain):.1e} without")
    plain.unlink()
    size = (folder / "model.onnx").stat().st_size
    assert size <= SIZE_LIMIT, f"{size} bytes are more than {SIZE_LIMIT}"
    _write_tokenizer(folder / "tokenizer.json")
    _write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": POSITIONS,
        "bos_token": SPECIAL[START], "eos_token": SPECIAL[END], "unk_token": SPECIAL[UNKNOWN],
        "pad_token": SPECIAL[PAD]})
    config = json.loads(network.llama.config.to_json_string())
    _write_json(folder / "config.json", {"architectures": ["LlamaForCausalLM"], **config})
    # An answer ends with its full stop.
    _write_json(folder / "generation_config.json", {
        "bos_token_id": START, "eos_token_id": [NUMBER["."], END], "pad_token_id": PAD, "do_sample": False,
        "max_new_tokens": 8})


def _write_tokenizer(path):
    made = tokenizer()
    words = "Anna has the red key . Who has the red key ?".split()
    whole = text(words)
    assert made.encode(whole).ids == [START] + numbers(words), "the tokenizer reads other words"
    assert made.decode(made.encode(whole).ids) == whole, "the tokenizer writes another text"
    assert made.encode("a zebra").ids == [START, UNKNOWN, UNKNOWN], "the tokenizer knows words that are not listed"
    made.save(str(path))


def _write_json(path, content):
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _write_graph(llama, path):
    past = torch.zeros(2, HEADS, 3, WIDTH // HEADS)
    new = torch.tensor([[START, UNKNOWN, START, UNKNOWN]] * 2)
    inputs = (new, torch.ones(2, 7, dtype=torch.int64), torch.arange(3, 7)[None].expand(2, 4), *[past] * len(PAST))
    axes = {name: {0: "batch", 1: "sequence"} for name in ("input_ids", "position_ids", "logits")}
    axes["attention_mask"] = {0: "batch", 1: "past_sequence + sequence"}
    axes |= {name: {0: "batch", 2: "past_sequence"} for name in PAST}
    axes |= {name: {0: "batch", 2: "past_sequence + sequence"} for name in PRESENT}
    _write(WithPast(llama), inputs, path, INPUTS + PAST, ["logits"] + PRESENT, axes)


def _write_plain_graph(llama, path):
    new = torch.tensor([[START, UNKNOWN, START, UNKNOWN]] * 2)
    axes = {name: {0: "batch", 1: "sequence"} for name in INPUTS[:2] + ["logits"]}
    _write(Plain(llama), (new, torch.ones_like(new)), path, INPUTS[:2], ["logits"], axes)


def _write(module, inputs, path, input_names, output_names, axes):
    with torch.no_grad():
        torch.onnx.export(module, inputs, str(path), dynamo=False, opset_version=OPSET, do_constant_folding=True,
                          input_names=input_names, output_names=output_names, dynamic_axes=axes)
    onnx.checker.check_model(onnx.load(str(path)), full_check=True)


def rows_to_compare():
    """Random rows of token numbers (5, 40) without padding."""
    return numpy.random.default_rng(5).integers(PAD + 1, len(VOCABULARY), (5, 40))


@torch.no_grad()
def difference(llama, path):
    """The largest difference of logits between the network and the graph: whole rows, one row alone, a part of the rows
    before the rest, rows with padding on the right, and on the left."""
    graph, ids = session(str(path)), rows_to_compare()
    expected = llama(input_ids=torch.as_tensor(ids)).logits.numpy()
    differences = []
    for rows in (ids, ids[:1]):
        front = run(graph, rows[:, :25], nothing(len(rows)))
        rest = run(graph, rows[:, 25:], front[1:])
        differences += [run(graph, rows, nothing(len(rows)))[0] - expected[:len(rows)],
                        rest[0] - expected[:len(rows), 25:]]
    padding = numpy.full((len(ids), 7), PAD)
    mask = numpy.concatenate([numpy.ones_like(ids), numpy.zeros_like(padding)], axis=1)
    right = run(graph, numpy.concatenate([ids, padding], axis=1), nothing(len(ids)), mask)[0]
    left = run(graph, numpy.concatenate([padding, ids], axis=1), nothing(len(ids)), mask[:, ::-1])[0]
    differences += [right[:, :-7] - expected, left[:, 7:] - expected]
    worst = max(abs(difference).max() for difference in differences)
    assert worst <= NEAR, f"{path} differs from the network by {worst}"
    return worst


@torch.no_grad()
def plain_difference(llama, path):
    """The same without past, for whole rows."""
    graph = session(str(path))
    ids = rows_to_compare()
    found = graph.run(None, {"input_ids": ids, "attention_mask": numpy.ones_like(ids)})[0]
    worst = abs(found - llama(input_ids=torch.as_tensor(ids)).logits.numpy()).max()
    assert worst <= NEAR, f"{path} differs from the network by {worst}"
    return worst
