#!/usr/bin/env python3
"""Writes the model directories that the tests of dev.ablate.model and dev.ablate.lens read.

The models have no learned weights, so a test can compute their answer with pencil and paper:

    logits[c] = sum over tokens t with attention 1 of W[id_t][c] * (1 + position_t / 64)
                + PAIR * [never] * [fails] * (c == 1)

where [never] counts how often that token occurs with attention 1. The weight of the padding token
is large, so padding that is not masked shows at once; the position term shows tokens out of order.
The token "overflow" has infinite weight.

Run it with Debian's python3-onnx from the root of the project:  python3 src/test/models/make_tiny.py
"""

import json
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROOT = pathlib.Path("src/test/resources/dev/ablate/models")
MAX_POSITIONS = 32
PAIR = 4.0
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = (
    "her acting never fails to impress i isn ##n ' t good bad not play ##ing ##s . , ! ? "
    "un ##believ ##able movie the was it and cafe overflow"
).split()
VOCABULARY = SPECIAL + WORDS


def weights(labels):
    """W: multiples of 1/8 in [-2, 2], exact in float32; fixed by the seed."""
    generator = np.random.RandomState(7)
    w = generator.randint(-16, 17, size=(len(VOCABULARY), 3)).astype(np.float32) / 8
    w[VOCABULARY.index("[PAD]")] = 1000
    w[VOCABULARY.index("overflow")] = np.inf
    return w[:, :labels]


def constant(name, value, dtype):
    return numpy_helper.from_array(np.asarray(value, dtype=dtype), name)


def make_graph(labels, inputs, output):
    pair = np.zeros((2, len(VOCABULARY)), dtype=np.float32)
    pair[0, VOCABULARY.index("never")] = 1
    pair[1, VOCABULARY.index("fails")] = 1
    pair_weight = np.zeros((1, labels), dtype=np.float32)
    pair_weight[0, min(1, labels - 1)] = PAIR
    initializers = [
        constant("token_weights", weights(labels), np.float32),
        constant("never", pair[0], np.float32),
        constant("fails", pair[1], np.float32),
        constant("pair_weight", pair_weight, np.float32),
        constant("positions", 1 + np.arange(MAX_POSITIONS) / 64, np.float32),
        constant("nothing", 0, np.float32),
        constant("zero", [0], np.int64),
        constant("one", [1], np.int64),
        constant("two", [2], np.int64),
    ]
    node = helper.make_node
    ids, attention = inputs[:2]
    nodes = [
        node("Cast", [attention], ["kept"], to=TensorProto.FLOAT),
        node("Shape", [ids], ["shape"]),
        node("Slice", ["shape", "one", "two"], ["length"]),
        node("Slice", ["positions", "zero", "length"], ["position_factors"]),
        node("Unsqueeze", ["position_factors", "one"], ["position_column"]),
        node("Gather", ["token_weights", ids], ["gathered"]),
        node("Cast", [attention], ["attended"], to=TensorProto.BOOL),
        node("Unsqueeze", ["attended", "two"], ["attended_column"]),
        node("Mul", ["gathered", "position_column"], ["weighted"]),
        node("Where", ["attended_column", "weighted", "nothing"], ["present"]),
        node("ReduceSum", ["present", "one"], ["linear"], keepdims=0),
        node("Gather", ["never", ids], ["is_never"]),
        node("Mul", ["is_never", "kept"], ["kept_never"]),
        node("ReduceSum", ["kept_never", "one"], ["count_never"], keepdims=1),
        node("Gather", ["fails", ids], ["is_fails"]),
        node("Mul", ["is_fails", "kept"], ["kept_fails"]),
        node("ReduceSum", ["kept_fails", "one"], ["count_fails"], keepdims=1),
        node("Mul", ["count_never", "count_fails"], ["pairs"]),
        node("Mul", ["pairs", "pair_weight"], ["pair_term"]),
        node("Add", ["linear", "pair_term"], [output]),
    ]
    shape = ["batch", "sequence"]
    return helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in inputs],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", labels])],
        initializers,
    )


def make_model(labels=2, inputs=("input_ids", "attention_mask"), output="logits"):
    graph = make_graph(labels, list(inputs), output)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 7
    onnx.checker.check_model(model)
    return model


def tokenizer():
    return {
        "version": "1.0",
        # Exports carry limits like these; they must not cut a text short.
        "truncation": {
            "direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0,
        },
        "padding": {
            "strategy": {"Fixed": 8}, "direction": "Right", "pad_to_multiple_of": None,
            "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]",
        },
        "added_tokens": [
            {"id": i, "content": token, "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": False, "special": True}
            for i, token in enumerate(SPECIAL)
        ],
        "normalizer": {
            "type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
            "strip_accents": None, "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
            ],
            "pair": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 1}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 1}},
            ],
            "special_tokens": {
                token: {"id": token, "ids": [VOCABULARY.index(token)], "tokens": [token]}
                for token in ("[CLS]", "[SEP]")
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {token: i for i, token in enumerate(VOCABULARY)},
        },
    }


def config(labels):
    return {
        "architectures": ["BertForSequenceClassification"],
        "model_type": "bert",
        "id2label": {str(i): label for i, label in enumerate(labels)},
        "label2id": {label: i for i, label in enumerate(labels)},
        "max_position_embeddings": MAX_POSITIONS,
        "vocab_size": len(VOCABULARY),
        "mask_token": "[MASK]",
        "pad_token": "[PAD]",
        "unk_token": "[UNK]",
    }


def write_json(path, value):
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main():
    tiny = ROOT / "tiny"
    tiny.mkdir(parents=True, exist_ok=True)
    onnx.save(make_model(), str(tiny / "model.onnx"))
    write_json(tiny / "tokenizer.json", tokenizer())
    write_json(tiny / "config.json", config(["negative", "positive"]))
    write_json(
        tiny / "weights.json",
        {token: [float(x) for x in row] if np.isfinite(row).all() else None
         for token, row in zip(VOCABULARY, weights(3))},
    )

    graphs = ROOT / "graphs"
    graphs.mkdir(exist_ok=True)
    onnx.save(make_model(labels=3), str(graphs / "three-labels.onnx"))
    onnx.save(make_model(labels=1), str(graphs / "one-label.onnx"))
    types = ("input_ids", "attention_mask", "token_type_ids")
    onnx.save(make_model(inputs=types), str(graphs / "token-types.onnx"))
    onnx.save(make_model(inputs=("ids", "attention_mask")), str(graphs / "wrong-input.onnx"))
    more = ("input_ids", "attention_mask", "pixel_values")
    onnx.save(make_model(inputs=more), str(graphs / "unknown-input.onnx"))
    onnx.save(make_model(output="scores"), str(graphs / "wrong-output.onnx"))
    onnx.save_model(
        make_model(), str(graphs / "external.onnx"), save_as_external_data=True,
        all_tensors_to_one_file=True, location="model.onnx.data", size_threshold=64,
    )


if __name__ == "__main__":
    main()
