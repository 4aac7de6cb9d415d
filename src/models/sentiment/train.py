"""Trains the bundled sentiment model and writes model.onnx, tokenizer.json, config.json and the negation pairs.

    python3 train.py ../../../../shared/data

Deterministic for one machine, library version and thread count; equal bits elsewhere are not promised.
"""
import argparse
import dataclasses
import math
import os
import pathlib
import random
import time

# Busy waiting makes training many times slower on a machine with other work. Read when torch loads.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch

import check
import lexicon
from network import LAYERS, HEADS, Sentiment, batch, export, log_odds, write_config
from sentences import Generated, generate, held_out_pairs, negators, word_set
from tokenizer import MASK, UNK, WordPiece, learn_vocabulary, wrap, write_tokenizer

PROJECT = pathlib.Path(__file__).resolve().parents[3]
MODEL_FOLDER = PROJECT / "src/main/resources/dev/ablate/models/sentiment"
PAIRS_FILE = PROJECT / "src/test/resources/dev/ablate/models/negation-pairs.tsv"
SIZE_LIMIT = 8_000_000  # bytes, all files of the model together

SEED = 20
VOCABULARY, WHOLE_WORDS = 7000, 5600
LONGEST = 512
TOKENS_PER_BATCH, TEXTS_PER_BATCH = 2400, 48
GENERATED_PER_EPOCH, JOINED_PER_EPOCH = 8000, 250
GENERATED_FIRST = 32000  # generated sentences before the first epoch
LEARNING_RATE, WEIGHT_DECAY, AVERAGE_DECAY = 1e-3, 0.05, 0.998
CONFIDENCE = 0.93  # the label's share of certainty: keeps log-odds finite and comparable


@dataclasses.dataclass(frozen=True)
class Example:
    """A training text as lists of ids by word; `generated` is None for real reviews."""
    words: list
    label: int
    generated: Generated = None

    def lean(self, visible):
        """Expected label in [-1, 1] when only the words at the places `visible` can be read."""
        if self.generated:
            return self.generated.lean(visible)
        # Few words say little. The square leaves a half-masked review three quarters of its certainty.
        return self.label * (1 - (1 - len(visible) / len(self.words)) ** 2)


def read_reviews(folder):
    """The reviews as (text, label), 1 positive and -1 negative; every tenth of each file is held out."""
    training, held_out = [], []
    for name, label in (("pos", 1), ("neg", -1)):
        text = (folder / f"rt-polarity.{name}.txt").read_text(encoding="utf-8")
        # Only at newlines: splitlines would also split at the control characters inside some reviews.
        for i, line in enumerate(line.strip() for line in text.split("\n") if line.strip()):
            (held_out if i % 10 == 9 else training).append((line, label))
    return training, held_out


def meets_pair(words):
    """Whether a held-out negator and its word are both in the set of words."""
    return any(pair.meets(words) for pair in held_out_pairs())


def join(reviews, count, draw, tokenizer):
    """Long texts: same-label reviews in a row, up to the 512 positions; none lets a held-out pair meet."""
    by_label = {label: [text for text, other in reviews if other == label] for label in (1, -1)}
    texts = []
    for _ in range(count):
        label, parts, words = draw.choice((1, -1)), [], set()
        limit = math.exp(draw.uniform(math.log(40), math.log(LONGEST)))
        length = 0
        while length < limit:
            text = draw.choice(by_label[label])
            if not meets_pair(words | word_set(text)):
                parts, words = parts + [text], words | word_set(text)
            length += len(tokenizer.encode(text))
        texts.append((" ".join(parts), label))
    return texts


def ablate(example, draw):
    """Ids and expected label of an example with a random share of its words masked, made unknown or removed."""
    words, places = example.words, range(len(example.words))
    negated = len(example.generated.turns) if example.generated else 0
    if draw.random() < 0.15 * negated:
        # Negators without the word they turn: chance shows them too rarely, above all two at once.
        visible = set(places) - {example.generated.target}
    elif draw.random() < 0.5:
        return wrap(words), example.lean(set(places))
    else:
        share = draw.uniform(0, 0.9) if draw.random() < 0.95 else 1.0
        visible = {place for place in places if draw.random() >= share}
    how = draw.choices((MASK, UNK, None), [6, 2, 2])[0]
    kept = [ids if place in visible else ([] if how is None else [how] * len(ids)) for place, ids in enumerate(words)]
    return wrap(kept), example.lean(visible)


def review_example(text, label, tokenizer, draw):
    """A review; some lose their final full stop, since users often type none."""
    if text.endswith(" .") and draw.random() < 0.3:
        text = text[:-2]
    return Example(tokenizer.words(text), label)


def epoch_examples(reviews, generated, joined, tokenizer, draw):
    """The shuffled (ids, expected label) of one epoch."""
    examples = [review_example(text, label, tokenizer, draw) for text, label in reviews + joined]
    examples += [Example([tokenizer.words(word)[0] if tokenizer.words(word) else [UNK] for word in sentence.words],
                         sentence.label, sentence) for sentence in generated]
    return [ablate(example, draw) for example in examples if example.words]


def batches(examples, draw):
    """Batches of texts of like length in random order, at most TOKENS_PER_BATCH ids (with the padding) each.

    Short texts are many in so many ids: without TEXTS_PER_BATCH the generated ones would get few steps."""
    examples = sorted(examples, key=lambda example: len(example[0]) * (1 + 0.3 * draw.random()))
    found, chunk, longest = [], [], 0
    for example in examples:
        longest = max(longest, len(example[0]))
        if chunk and (longest * (len(chunk) + 1) > TOKENS_PER_BATCH or len(chunk) == TEXTS_PER_BATCH):
            found.append(chunk)
            chunk, longest = [], len(example[0])
        chunk.append(example)
    found.append(chunk)
    draw.shuffle(found)
    return found


def class_weights(reviews, tokenizer):
    """Naive Bayes log-ratios of the pieces, (vocabulary,): how much more often positive reviews hold each one
    (Wang and Manning 2012 use them as features). Words of the generator's lists get at least their polarity."""
    counts = {1: torch.ones(len(tokenizer.vocabulary)), -1: torch.ones(len(tokenizer.vocabulary))}
    for text, label in reviews:
        counts[label][sorted({i for ids in tokenizer.words(text) for i in ids})] += 1
    weights = torch.log(counts[1] / counts[1].sum()) - torch.log(counts[-1] / counts[-1].sum())
    for polarity in (lexicon.POSITIVE, lexicon.NEGATIVE):
        for word in lexicon.words_of(polarity):
            for i in tokenizer.words(word)[0]:
                weights[i] = polarity * max(1.5, polarity * weights[i].item())
    return weights


def start_embeddings(model, reviews, tokenizer):
    """Starts the first coordinate with the words' class weights and the second with the negators.

    So few texts tell slowly which words matter. This is only a start: training changes it, and what negators do
    to other words is learnt."""
    with torch.no_grad():
        model.embedding.weight[:, 0] = class_weights(reviews, tokenizer)
        for word in negators():
            for i in tokenizer.words(word)[0]:
                if tokenizer.vocabulary[i] != "'":
                    model.embedding.weight[i, 1] = 1.5


def loss_of(model, chunk):
    """Mean cross-entropy between the logits and the expected labels of a batch."""
    ids, mask = batch([ids for ids, _ in chunk])
    positive = 0.5 + 0.5 * CONFIDENCE * torch.tensor([lean for _, lean in chunk])
    scores = torch.log_softmax(model(ids, mask), dim=-1)
    return -(positive * scores[:, 1] + (1 - positive) * scores[:, 0]).mean()


def average_into(average, model, decay):
    """Moves the running average of the weights, which generalises better than the last weights."""
    with torch.no_grad():
        for mean, value in zip(average.parameters(), model.parameters()):
            mean.lerp_(value, 1 - decay)


class Trainer:
    """Model, running average, optimizer and learning-rate schedule: a warm-up, then a cosine over all steps."""

    def __init__(self, model, average, steps):
        self.model, self.average, self.steps, self.step = model, average, steps, 0
        self.optimizer = torch.optim.AdamW(model.parameters(), weight_decay=WEIGHT_DECAY, betas=(0.9, 0.98))

    def run(self, chunks):
        """One step a batch; returns the mean loss."""
        self.model.train()
        total = 0.0
        for chunk in chunks:
            done = min(1.0, self.step / self.steps)
            rate = LEARNING_RATE * min(1, self.step / 200) * (0.51 + 0.49 * math.cos(math.pi * done))
            self.optimizer.param_groups[0]["lr"] = rate
            loss = loss_of(self.model, chunk)
            self.optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            self.step += 1
            average_into(self.average, self.model, min(AVERAGE_DECAY, self.step / (self.step + 50)))
            total += loss.item()
        return total / len(chunks)


def train(reviews, joined, generated, tokenizer, epochs, held_out):
    """Trains on the generated sentences first, then on everything; returns the model with averaged weights.

    Generated first, because negation is the harder lesson: reviews teach the single words, and a network that leans
    on those learns late that words act together."""
    draw = random.Random(SEED)
    torch.manual_seed(SEED)
    model, average = Sentiment(len(tokenizer.vocabulary)), Sentiment(len(tokenizer.vocabulary))
    start_embeddings(model, reviews, tokenizer)
    average.load_state_dict(model.state_dict())
    first = batches(epoch_examples([], generated[:GENERATED_FIRST], [], tokenizer, draw), draw)
    steps_per_epoch = (len(reviews) + GENERATED_PER_EPOCH) / TEXTS_PER_BATCH * 1.2  # long texts fill batches sooner
    trainer = Trainer(model, average, len(first) + steps_per_epoch * epochs)
    start = time.time()
    progress("generated only", trainer.run(first), time.time() - start, average, tokenizer, held_out)
    for epoch in range(epochs):
        begin = GENERATED_FIRST + epoch * GENERATED_PER_EPOCH
        new = generated[begin:begin + GENERATED_PER_EPOCH]
        long = joined[epoch * JOINED_PER_EPOCH:(epoch + 1) * JOINED_PER_EPOCH]
        loss = trainer.run(batches(epoch_examples(reviews, new, long, tokenizer, draw), draw))
        progress(f"epoch {epoch + 1}", loss, time.time() - start, average, tokenizer, held_out)
    return average


def progress(stage, loss, seconds, model, tokenizer, held_out):
    """One line. The held-out figures are for the reader: nothing is chosen by them."""
    right, pairs, _ = check.negation(model, tokenizer)
    share = check.accuracy(model, tokenizer, *zip(*held_out))
    place = check.place_of_shown(check.interactions(model, tokenizer, check.SHOWN, MASK)[1])
    print(f"{stage}: loss {loss:.4f}, held-out {100 * share:.2f} %, pairs {right}/{pairs}, "
          f"{{never fails}} number {place}, {seconds:.0f} s", flush=True)


def assert_unseen(texts):
    """Fails when some training text lets a held-out negator and word meet."""
    for text in texts:
        assert not meets_pair(word_set(text)), f"a held-out pair is in the training text: {text}"


def assert_padding(model, tokenizer):
    """Fails when padding changes a short text's logits."""
    short, long = (tokenizer.encode(text) for text in ("never boring", " ".join(check.EXAMPLES)))
    difference = abs(log_odds(model, [short])[0] - log_odds(model, [short, long])[0])
    assert difference < 1e-4, f"padding changes the log-odds by {difference}"


def write(model, tokenizer, folder, pairs_file):
    """Writes all files; returns the bytes of the model's."""
    folder.mkdir(parents=True, exist_ok=True)
    export(model, folder / "model.onnx")
    write_tokenizer(folder / "tokenizer.json", tokenizer.vocabulary)
    write_config(folder / "config.json", len(tokenizer.vocabulary))
    pairs_file.parent.mkdir(parents=True, exist_ok=True)
    pairs_file.write_text("".join(
        f"{pair.plain}\t{pair.turned}\t{'positive' if pair.label > 0 else 'negative'}\t{pair.negator}\t{pair.target}\n"
        for pair in held_out_pairs()), encoding="utf-8")
    return sum((folder / name).stat().st_size for name in ("model.onnx", "tokenizer.json", "config.json"))


def lexicon_words():
    """The generator's words, all of which get a piece of their own."""
    return (lexicon.words_of(lexicon.POSITIVE) + lexicon.words_of(lexicon.NEGATIVE) + lexicon.THINGS
            + lexicon.SUBJECTS + negators())


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("data", type=pathlib.Path, help="folder with rt-polarity.pos.txt and rt-polarity.neg.txt")
    options.add_argument("--out", type=pathlib.Path, default=MODEL_FOLDER)
    options.add_argument("--pairs", type=pathlib.Path, default=PAIRS_FILE)
    options.add_argument("--epochs", type=int, default=4)
    options = options.parse_args()
    start = time.time()
    torch.set_num_threads(2)
    torch.use_deterministic_algorithms(True)

    all_reviews, held_out = read_reviews(options.data)
    reviews = [review for review in all_reviews if not meets_pair(word_set(review[0]))]
    generated = generate(GENERATED_FIRST + GENERATED_PER_EPOCH * options.epochs, SEED)
    tokenizer = WordPiece(learn_vocabulary([text for text, _ in reviews], lexicon_words(), VOCABULARY, WHOLE_WORDS))
    joined = join(reviews, JOINED_PER_EPOCH * options.epochs, random.Random(SEED), tokenizer)
    assert_unseen([text for text, _ in reviews + joined] + [" ".join(sentence.words) for sentence in generated])
    print(f"{len(reviews)} training reviews ({len(all_reviews) - len(reviews)} left out because a held-out pair meets "
          f"in them), {len(held_out)} held out, {len(generated)} generated sentences, {len(joined)} joined texts")
    print(f"vocabulary {len(tokenizer.vocabulary)}, {LAYERS} layers of {HEADS} heads, seed {SEED}, "
          f"prepared in {time.time() - start:.0f} s", flush=True)

    model = train(reviews, joined, generated, tokenizer, options.epochs, held_out)
    size = write(model, tokenizer, options.out, options.pairs)
    print(f"trained and written in {(time.time() - start) / 60:.1f} minutes; {size} bytes")
    assert_padding(model, tokenizer)
    check.report(model, tokenizer, *zip(*held_out))
    assert size < SIZE_LIMIT, f"{size} bytes are more than {SIZE_LIMIT}"


if __name__ == "__main__":
    main()
