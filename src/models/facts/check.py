"""Measures the exported model: answers, the interactions of words, and what its heads do together.

    python3 src/models/facts/check.py [FOLDER]
"""
import json
import os
import pathlib
import random
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy

from model import Model
from network import HEADS, LAYERS
from prompts import KINDS, draw_crossed, draw_prompt
from spectra import members, spectrum, strongest
from words import ORDINARY, START, UNKNOWN, VOCABULARY, numbers

PROJECT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = PROJECT / "src/main/resources/dev/ablate/models/facts"
PROMPTS = PROJECT / "src/test/resources/facts/prompts.jsonl"

EXAMPLES = ["Who has the blue cup?", "What does Tom have?", "Who has the red key?", "What does Anna have?"]
EXAMPLE_FACTS = "Anna has the red key. Tom has the blue cup."
COUNTS, PROMPTS_EACH = range(2, 7), 200
CROSSED_SEED, CROSSED_EACH = 12, 20
HEAD_PROMPTS, REPEATED_WORDS, REPEATED_PLACE = 100, 12, 4
HEAD_NAMES = [f"L{layer}H{head}" for layer in range(LAYERS) for head in range(HEADS)]


def right(model, prompts):
    """The share of prompts whose answer, with the full stop that ends it, greedy decoding writes."""
    rows = [model.encode(prompt.text()) for prompt in prompts]
    answers = [numbers(prompt.answer() + ["."]) for prompt in prompts]
    return model.judge(rows, answers)[1].mean()


def report_answers(model):
    """Right answers to prompts whose facts training never shows, and the share that needs no right question."""
    print("\n| right answers | " + " | ".join(f"{count} facts" for count in COUNTS) + " | all |")
    print("|---" * (len(COUNTS) + 2) + "|")
    for shared in ("both", "nothing"):
        for kind in KINDS:
            draw = random.Random(f"{kind} {shared}")
            shares = [right(model, [draw_prompt(draw, count, kind, shared) for _ in range(PROMPTS_EACH)])
                      for count in COUNTS]
            about = "all colours and things differ" if shared == "nothing" else "colours and things shared"
            print(f'| "{kind}", {about} | ' + " | ".join(f"{100 * share:.1f} %" for share in shares)
                  + f" | {100 * numpy.mean(shares):.1f} % |")
    print(f"\nright with another prompt's question: {100 * right_with_other_question(model):.1f} %")
    for question in EXAMPLES:
        answer, ended = model.answer(f"{EXAMPLE_FACTS} {question}")
        print(f"{EXAMPLE_FACTS} {question} -> {answer!r}{'' if ended else ', without an end'}")


def right_with_other_question(model, count=1000):
    """How often the likeliest answer is that of the prompt's own question when another prompt's question is asked."""
    draw = random.Random("another question")
    found = 0
    for _ in range(count):
        facts, kind = draw.choice(COUNTS), draw.choice(KINDS)
        own, other = draw_prompt(draw, facts, kind), draw_prompt(draw, facts, kind)
        row = [START] + numbers(own.words()[:6 * facts] + other.question())
        found += model.judge([row], [numbers(own.answer())])[1][0]
    return found / count


def write_prompts(folder, path):
    """Writes prompts for tests, each of which the model answers right: one line of JSON each, with the numbers of the
    words of its content and of the asked fact, from 0, where white space parts words."""
    model, draw, lines = Model(folder), random.Random(CROSSED_SEED), []
    for kind in KINDS:
        found = 0
        while found < CROSSED_EACH:
            prompt = draw_crossed(draw, kind)
            answer = " ".join(prompt.answer())
            if model.answer(prompt.text()) == (answer, True):
                found += 1
                lines.append({"id": f"{kind}-{found}", "kind": kind, "text": prompt.text(), "answer": answer,
                              "content": [place - place // 6 for place in prompt.content()],
                              "fact": [place - place // 6 for place in prompt.content(prompt.asked)]})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def ablated(words, places, mask, removed, together):
    """Token numbers of words of which those at some places are ablated, unless their bit of the mask is set.

    words: lists of token numbers, the first of a word and the rest its punctuation
    removed: whether they are removed; otherwise they become unknown
    together: whether their punctuation goes with them
    """
    lost = {place for bit, place in enumerate(places) if not mask >> bit & 1}
    row = [START]
    for place, word in enumerate(words):
        if place in lost:
            gone = word if together else word[:1]
            row += ([] if removed else [UNKNOWN] * len(gone)) + word[len(gone):]
        else:
            row += word
    return row


def word_values(model, prompt, removed, together):
    """The mean log-probability of a prompt's answer for each mask of its content words, and that of its tokens' number
    as a probability: (2^n,) each."""
    words = [model.tokenizer.encode(word, add_special_tokens=False).ids for word in prompt["text"].split()]
    answer = numbers(prompt["answer"].split())
    masks = range(1 << len(prompt["content"]))
    rows = [ablated(words, prompt["content"], mask, removed, together) for mask in masks]
    logs = model.judge(rows, [answer] * len(rows))[0]
    return logs, numpy.exp(len(answer) * logs)


def inside(subset, prompt):
    """Whether all words of a subset are of the asked fact."""
    return all(prompt["content"][number] in prompt["fact"] for number in members(subset))


def report_words(model, prompts):
    """Where the largest Fourier terms of two words or more are, by exact transforms over all masks."""
    print("\n| largest term of order 2 and more inside the asked fact | prompts | of the probability | of the mean "
          "log-probability | ... among its first three |")
    print("|---|---|---|---|---|")
    for kind in KINDS:
        of_kind = [prompt for prompt in prompts if prompt["kind"] == kind]
        for removed in (False, True):
            for together in (False, True):
                hits = numpy.zeros(3, dtype=int)
                for prompt in of_kind:
                    logs, probabilities = word_values(model, prompt, removed, together)
                    first = strongest(spectrum(logs))[:3]
                    hits += [inside(strongest(spectrum(probabilities))[0], prompt), inside(first[0], prompt),
                             any(inside(subset, prompt) for subset in first)]
                way = ("removed" if removed else "unknown") + (", with their punctuation" if together else "")
                print(f'| "{kind}", words {way} | {len(of_kind)} | ' + " | ".join(map(str, hits)) + " |", flush=True)


def head_tasks():
    """Rows and answers of the three tasks by name."""
    draw, tasks = random.Random("heads"), {}
    repeat = [draw.sample(ORDINARY, REPEATED_WORDS) for _ in range(HEAD_PROMPTS)]
    tasks["repeat"] = ([[START] + numbers(words + words[:REPEATED_PLACE]) for words in repeat],
                       [numbers(words[REPEATED_PLACE:REPEATED_PLACE + 1]) for words in repeat])
    for kind in reversed(KINDS):
        prompts = [draw_prompt(draw, 4, kind) for _ in range(HEAD_PROMPTS)]
        tasks[kind] = ([[START] + numbers(prompt.words()) for prompt in prompts],
                       [numbers(prompt.answer()) for prompt in prompts])
    return tasks


def write_head_tasks(folder):
    """Writes the prompts and answers of the three tasks, a file of JSON lines each."""
    for task, (rows, answers) in head_tasks().items():
        lines = [{"prompt": " ".join(VOCABULARY[number] for number in row[1:]),
                  "answer": " " + " ".join(VOCABULARY[number] for number in answer)}
                 for row, answer in zip(rows, answers)]
        path = folder / f"heads-{task}.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def head_values(model, rows, answers):
    """The mean over rows of the answer's mean log-probability, and the share right, for each mask of heads."""
    count = LAYERS * HEADS
    values = []
    for mask in range(1 << count):
        on = numpy.array([mask >> bit & 1 for bit in range(count)], numpy.float32).reshape(LAYERS, HEADS)
        logs, found = model.judge(rows, answers, on)
        values.append((logs.mean(), found.mean()))
    return numpy.array(values).T


def report_heads(model):
    """What is right with each head off, and the pairs of heads with the largest Fourier terms."""
    names = lambda subset: "{" + ", ".join(HEAD_NAMES[number] for number in members(subset)) + "}"
    across = lambda subset: len({number // HEADS for number in members(subset)}) > 1
    singles, pairs, everything = {}, {}, (1 << LAYERS * HEADS) - 1
    for task, (rows, answers) in head_tasks().items():
        logs, found = head_values(model, rows, answers)
        singles[task] = [found[everything]] + [found[everything ^ 1 << head] for head in range(LAYERS * HEADS)]
        coefficients = spectrum(logs)
        ranked = strongest(coefficients, 2, 2)
        best = next(subset for subset in ranked if across(subset))
        within = next(subset for subset in ranked if not across(subset))
        pairs[task] = [f"{names(subset)} {coefficients[subset]:+.2f}" for subset in (best, within)]
    live = [name for name, on in zip(HEAD_NAMES, model.live.flat) if on]
    print(f"\nheads that are left: {', '.join(live)}")
    print("\n| right with one head off | none | " + " | ".join(HEAD_NAMES) + " |")
    print("|---" * (len(HEAD_NAMES) + 2) + "|")
    for task, shares in singles.items():
        print(f"| {task} | " + " | ".join(f"{share:.2f}" for share in shares) + " |")
    print("\n| largest Fourier term of a pair, of the mean log-probability | across layers | within a layer |")
    print("|---|---|---|")
    for task, (best, within) in pairs.items():
        print(f"| {task} | {best} | {within} |", flush=True)


def attention_between(model, rows, places):
    """The mean attention of each head between named places of each row: (layers, heads, from, to).

    places: (rows, named places)
    """
    attention = model.attention(rows)
    chosen = [of_row[:, :, place][:, :, :, place] for of_row, place in zip(attention, numpy.array(places))]
    return numpy.mean(chosen, axis=0)


def report_attention(model):
    """Where each head looks most, among the words that matter."""
    draw, tables = random.Random("attention"), {}
    words = [draw.sample(ORDINARY, REPEATED_WORDS) for _ in range(HEAD_PROMPTS)]
    tables["repeat"] = (["its place the first time", "the word after that", "the word before", "a word"],
                        [[START] + numbers(twice + twice) for twice in words],
                        [[6, 7, REPEATED_WORDS + 5, REPEATED_WORDS + 6]] * HEAD_PROMPTS)
    for kind in reversed(KINDS):
        prompts = [draw_prompt(draw, 4, kind) for _ in range(HEAD_PROMPTS)]
        asked = [[1 + 6 * prompt.asked + place for place in range(6)] for prompt in prompts]
        behind = list(range(25, 25 + len(prompts[0].question() + prompts[0].answer()) - 1))
        question = "Who has the colour thing ?" if kind == "who" else "What does name have ? the colour"
        tables[kind] = ([f"the fact's {word}" for word in "name has the colour thing .".split()]
                        + [f"the question's {word}" for word in question.split()],
                        [[START] + numbers(prompt.words() + prompt.answer()[:-1]) for prompt in prompts],
                        [own + behind for own in asked])
    print("\n| head | task | where it looks most (mean attention) |\n|---|---|---|")
    for task, (names, rows, places) in tables.items():
        between = attention_between(model, rows, places)
        for number in numpy.flatnonzero(model.live):
            matrix = between[number // HEADS, number % HEADS]
            top = sorted(((matrix[a, b], a, b) for a in range(len(names)) for b in range(a)), reverse=True)[:3]
            print(f"| {HEAD_NAMES[number]} | {task} | " + "; ".join(f"from {names[a]} to {names[b]} {value:.2f}"
                                                      for value, a, b in top) + " |")


def report(folder, path):
    """Prints all figures of the model in a folder, with the prompts of a file."""
    prompts = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    report_answers(Model(folder))
    report_heads(Model(folder, switched=True))
    report_attention(Model(folder, switched=True))
    report_words(Model(folder), prompts)


if __name__ == "__main__":
    report(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER, PROMPTS)
