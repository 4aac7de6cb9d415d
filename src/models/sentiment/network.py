"""The encoder, its ONNX form and its configuration. Attention is written out, so that each head's output is a
named tensor in the exported graph, right before the output projection."""
import json
import math

import onnx
import torch
from torch import nn

from tokenizer import CLS, MASK, PAD, SEP, SPECIAL, UNK

HIDDEN, HEADS, LAYERS, FEED_FORWARD, POSITIONS = 128, 8, 4, 512, 512


class Attention(nn.Module):
    """Multi-head self-attention (Vaswani et al. 2017): hidden (batch, sequence, HIDDEN) to the same shape."""

    def __init__(self):
        super().__init__()
        self.query, self.key = nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, HIDDEN)
        self.value, self.output = nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, HIDDEN)

    def heads(self, x):
        """(batch, sequence, HIDDEN) to (batch, HEADS, sequence, HIDDEN / HEADS)."""
        return x.reshape(x.shape[0], x.shape[1], HEADS, HIDDEN // HEADS).transpose(1, 2)

    def forward(self, hidden, bias):
        query, key, value = self.heads(self.query(hidden)), self.heads(self.key(hidden)), self.heads(self.value(hidden))
        scores = torch.matmul(query, key.transpose(2, 3)) / math.sqrt(HIDDEN // HEADS) + bias
        context = torch.matmul(torch.softmax(scores, dim=-1), value)
        return self.output(context.transpose(1, 2).reshape(hidden.shape[0], hidden.shape[1], HIDDEN))


class Layer(nn.Module):
    """One encoder layer; the norms stand before the parts, which trains steadily without a long warm-up."""

    def __init__(self, dropout):
        super().__init__()
        self.attention = Attention()
        self.attention_norm, self.feed_forward_norm = nn.LayerNorm(HIDDEN), nn.LayerNorm(HIDDEN)
        self.up, self.down = nn.Linear(HIDDEN, FEED_FORWARD), nn.Linear(FEED_FORWARD, HIDDEN)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden, bias):
        hidden = hidden + self.dropout(self.attention(self.attention_norm(hidden), bias))
        inner = nn.functional.gelu(self.up(self.feed_forward_norm(hidden)))
        return hidden + self.dropout(self.down(inner))


class Sentiment(nn.Module):
    """input_ids, attention_mask (batch, sequence) int64 to logits (batch, 2): negative, positive."""

    def __init__(self, vocabulary_size, dropout=0.1, embedding_dropout=0.2):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, HIDDEN)
        nn.init.normal_(self.embedding.weight, std=0.3)
        self.register_buffer("position", positions(), persistent=False)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.norm = nn.LayerNorm(HIDDEN)
        self.classifier = nn.Linear(HIDDEN, 2)
        self.dropout = nn.Dropout(embedding_dropout)

    def encode(self, input_ids, attention_mask):
        """Hidden states after the last norm, (batch, sequence, HIDDEN)."""
        # A finite bias: a row of minus infinities would turn the softmax into NaN.
        bias = (1.0 - attention_mask[:, None, None, :].to(torch.float32)) * -10000.0
        hidden = self.dropout(self.embedding(input_ids) + self.position[:input_ids.shape[1]])
        for layer in self.layers:
            hidden = layer(hidden, bias)
        return self.norm(hidden)

    def forward(self, input_ids, attention_mask):
        kept = attention_mask[:, :, None].to(torch.float32)
        mean = (self.encode(input_ids, attention_mask) * kept).sum(1) / kept.sum(1)
        return self.classifier(self.dropout(mean))


def positions():
    """Sinusoidal positions (Vaswani et al. 2017), (POSITIONS, HIDDEN). They cost no training, so every place up to
    512 has one even though long texts are rare in training. Scaled down to the size of the word embeddings."""
    place = torch.arange(POSITIONS).float()[:, None]
    rate = torch.exp(torch.arange(0, HIDDEN, 2).float() * (-math.log(10000.0) / HIDDEN))
    table = torch.zeros(POSITIONS, HIDDEN)
    table[:, 0::2], table[:, 1::2] = torch.sin(place * rate), torch.cos(place * rate)
    return 0.3 * table


def batch(sequences):
    """Pads lists of ids to one length: input_ids and attention_mask, (batch, longest) int64."""
    longest = max(map(len, sequences))
    ids = torch.full((len(sequences), longest), PAD, dtype=torch.int64)
    mask = torch.zeros_like(ids)
    for row, sequence in enumerate(sequences):
        ids[row, :len(sequence)] = torch.tensor(sequence)
        mask[row, :len(sequence)] = 1
    return ids, mask


@torch.no_grad()
def log_odds(model, sequences, size=128):
    """logit(positive) - logit(negative) of each list of ids: a list of floats."""
    model.eval()
    order = sorted(range(len(sequences)), key=lambda i: len(sequences[i]))
    values = [0.0] * len(sequences)
    for start in range(0, len(order), size):
        chunk = order[start:start + size]
        logits = model(*batch([sequences[i] for i in chunk]))
        for i, value in zip(chunk, (logits[:, 1] - logits[:, 0]).tolist()):
            values[i] = value
    return values


def export(model, path):
    """Writes the ONNX file (opset 14, both axes of the inputs dynamic) and checks it."""
    model.eval()
    # Another batch size than 1 keeps the tracer from folding the batch axis into a constant.
    ids, mask = batch([[CLS, UNK, MASK, SEP], [CLS, MASK, SEP]])
    axes = {0: "batch", 1: "sequence"}
    torch.onnx.export(model, (ids, mask), str(path), opset_version=14, do_constant_folding=True,
                      input_names=["input_ids", "attention_mask"], output_names=["logits"],
                      dynamic_axes={"input_ids": axes, "attention_mask": axes, "logits": {0: "batch"}})
    graph = onnx.load(str(path))
    onnx.checker.check_model(graph, full_check=True)


def write_config(path, vocabulary_size):
    """Writes `config.json` with the keys of a Hugging Face sequence classifier."""
    config = {
        "architectures": ["BertForSequenceClassification"], "model_type": "bert",
        "id2label": {"0": "negative", "1": "positive"}, "label2id": {"negative": 0, "positive": 1},
        "vocab_size": vocabulary_size, "hidden_size": HIDDEN, "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS, "intermediate_size": FEED_FORWARD, "hidden_act": "gelu",
        "max_position_embeddings": POSITIONS, "position_embedding_type": "sinusoidal", "layer_norm_eps": 1e-5}
    for name, i in (("pad", PAD), ("unk", UNK), ("cls", CLS), ("sep", SEP), ("mask", MASK)):
        config[f"{name}_token"], config[f"{name}_token_id"] = SPECIAL[i], i
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
