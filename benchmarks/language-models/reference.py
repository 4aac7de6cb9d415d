#!/usr/bin/env python3
"""Values of a prompt under all masks, by the plain graph of a language model.

  reference.py FOLDER OUT.npy --prompt TEXT --answer TEXT [--answer TEXT ...] [options]

One unpadded row at a time goes through the graph as it was exported, with all its logits and
without anything shared; softmax in double precision. OUT.npy gets (2^n, outputs) float64; bit f of
row r is whether feature f is there. The features are printed, one a line.

Words are what white space parts, and those that share a token are one; tokens are those of
tokenizer.json. A hidden token is taken out or becomes the unknown one; special tokens stay. Where
nothing is left, the token that begins a text stands there. The tokens of an answer are those that
stand behind the prompt's where both are one text, and its own where that begins otherwise.

Needs numpy, onnxruntime and tokenizers.
"""

import argparse
import json
import pathlib

import numpy as np
import onnxruntime
import tokenizers

VALUES = ("mean", "sum", "probability", "tokens")
TYPES = {
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
}


class Plain:
    """The graph as it is."""

    def __init__(self, file):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"]
        )

    def feed(self, entry, row):
        kind = TYPES[entry.type]
        if entry.name.startswith("past_key_values"):
            return np.zeros((1, entry.shape[1], 0, entry.shape[3]), kind)
        whole = {
            "input_ids": row,
            "attention_mask": [1] * len(row),
            "position_ids": range(len(row)),
            "token_type_ids": [0] * len(row),
        }
        return np.array([whole[entry.name]], kind)

    def logits(self, row):
        feeds = {entry.name: self.feed(entry, row) for entry in self.session.get_inputs()}
        return self.session.run(["logits"], feeds)[0][0].astype(np.float64)

    def logs(self, row, asked):
        """Log-probabilities of the last tokens of a row."""
        logits = self.logits(row)
        found = []
        for at in range(len(row) - asked, len(row)):
            before = logits[at - 1]
            top = before.max()
            found.append(before[row[at]] - top - np.log(np.exp(before - top).sum()))
        return np.array(found)


def words(text):
    """The places of what white space parts."""
    spans, start = [], None
    for at, character in enumerate(text + " "):
        if character.isspace():
            if start is not None:
                spans.append((start, at))
            start = None
        elif start is None:
            start = at
    return spans


def visible(text, start, end):
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def features(text, encoding, unit):
    """Names of features and, for each token, the feature it belongs to, or None."""
    spans = [visible(text, *span) for span in encoding.offsets]
    special = encoding.special_tokens_mask
    if unit == "token":
        pieces = [span for span, s in zip(spans, special) if not s and span[0] < span[1]]
    else:
        pieces = words(text)
    # What shares a token, or half of a character, is one.
    joined = []
    for start, end in sorted(pieces):
        inside = any(s < start < e for (s, e), mask in zip(spans, special) if not mask)
        if joined and (inside or start < joined[-1][1]):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    owners = []
    for (start, _), mask in zip(spans, special):
        behind = [f for f, (_, end) in enumerate(joined) if start < end]
        owners.append(None if mask else behind[0] if behind else len(joined) - 1)
    return [text[start:end] for start, end in joined], owners


def setting(folder, file, key):
    path = folder / file
    value = json.loads(path.read_text()).get(key) if path.exists() else None
    return value.get("content") if isinstance(value, dict) else value


def begins(text, tokenizer):
    """The tokens of a text that something may follow, without the special ones behind it."""
    encoding = tokenizer.encode(text)
    end = len(encoding.ids)
    while end and encoding.special_tokens_mask[end - 1]:
        end -= 1
    return encoding, end


def answer_tokens(prompt, answer, tokenizer):
    before, end = begins(prompt, tokenizer)
    both, whole = begins(prompt + answer, tokenizer)
    first = before.ids[:end]
    if whole > end and both.ids[:end] == first:
        return both.ids[end:whole]
    return tokenizer.encode(answer, add_special_tokens=False).ids


def graph_of(folder):
    graph = folder / "model.onnx"
    return graph if graph.exists() else folder / "onnx" / "model.onnx"


class Prompt:
    """A prompt in front of a model, under all masks."""

    def __init__(self, folder, text, unit, ablation, plain=None):
        self.tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.text = text
        self.plain = plain or Plain(graph_of(folder))
        encoding, end = begins(text, self.tokenizer)
        self.names, owners = features(text, encoding, unit)
        self.tokens = list(zip(encoding.ids, owners))[:end]
        self.begin = setting(folder, "config.json", "bos_token_id")
        self.unknown = None
        if ablation == "unk":
            spelling = setting(folder, "tokenizer_config.json", "unk_token")
            self.unknown = self.tokenizer.token_to_id(spelling) if spelling else None
            if self.unknown is None:
                raise ValueError("tokenizer_config.json names no unk_token that the tokenizer has")

    def row(self, mask):
        found = []
        for token, owner in self.tokens:
            if owner is None or mask >> owner & 1:
                found.append(token)
            elif self.unknown is not None:
                found.append(self.unknown)
        return found or [self.begin]

    def logs(self, answer):
        """Log-probabilities of an answer's tokens under all masks: (masks, tokens)."""
        tokens = answer_tokens(self.text, answer, self.tokenizer)
        masks = range(1 << len(self.names))
        return np.array([self.plain.logs(self.row(m) + tokens, len(tokens)) for m in masks])

    def greedy(self, most, ends):
        """The tokens that follow the whole text, each the likeliest, until one of the ends."""
        row = self.row(-1)
        front = len(row)
        while len(row) < front + most:
            token = int(self.plain.logits(row)[-1].argmax())
            if token in ends:
                break
            row.append(token)
        return row[front:]


def value(logs, kind, against=None):
    """What is explained, (masks, outputs), of log-probabilities (masks, tokens)."""
    if against is not None:
        return (logs.sum(axis=1) - against.sum(axis=1))[:, None]
    if kind == "tokens":
        return logs
    total = logs.sum(axis=1)
    return {"mean": logs.mean(axis=1), "sum": total, "probability": np.exp(total)}[kind][:, None]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--answer", action="append", required=True)
    parser.add_argument("--against")
    parser.add_argument("--unit", choices=("word", "token"), default="word")
    parser.add_argument("--ablation", choices=("remove", "unk"), default="remove")
    parser.add_argument(
        "--value",
        choices=VALUES,
        default="mean",
        help="of the log-probabilities of an answer's tokens: their mean or sum, the probability of"
        " all, or each as an output; with --against it is the difference of sums",
    )
    args = parser.parse_args()
    try:
        prompt = Prompt(args.folder, args.prompt, args.unit, args.ablation)
    except ValueError as wrong:
        parser.error(str(wrong))
    against = prompt.logs(args.against) if args.against else None
    values = [value(prompt.logs(answer), args.value, against) for answer in args.answer]
    np.save(args.out, np.concatenate(values, axis=1))
    for feature, name in enumerate(prompt.names):
        print(feature, name)


if __name__ == "__main__":
    main()
