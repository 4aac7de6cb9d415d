"""Rows to train on: contexts of facts with questions or hints behind them, and repeated words."""
import dataclasses

import numpy

from prompts import draw_facts
from words import COLOURS, END, NAMES, NUMBER, ORDINARY, PAD, SPECIAL, START, THINGS, UNKNOWN

MOST_QUESTIONS = 4
MOST_ABLATED = {"any": 0.6, "content": 0.8, "facts": 0.8, "question": 0.4}  # shares of the words
CONTENT = frozenset(NAMES + COLOURS + THINGS)
PUNCTUATION = (".", "?")


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What one stage of training shows; shares are between 0 and 1."""
    fewest: int  # facts
    most: int
    distinct: float  # share of rows whose facts have no colour and no thing in common
    crowded: float  # share of rows whose facts may have both in common; in the others it is colours only
    bare: float  # share of batches whose facts are "Tom cup."
    short: float  # share of batches whose facts are "Tom blue cup."
    hints: float  # share of questions that are replaced by hints such as "blue cup Tom."
    restated: float  # share of the other questions that are replaced by the fact itself
    who: float  # share of "who" among the questions
    ablated: float  # share of rows whose facts lose words
    ablated_question: float  # share of rows whose questions lose words


class Row:
    """Words, and which of them the model is to foretell."""

    def __init__(self):
        self.words, self.scored = [SPECIAL[START]], [False]

    def add(self, words, scored=()):
        self.words += words
        self.scored += [place in scored for place in range(len(words))]


def batch(draw, recipe, size):
    """Rows with the same number of facts in the same form."""
    count = draw.randint(recipe.fewest, recipe.most)
    form = draw.choices(("bare", "short", "full"), (recipe.bare, recipe.short, 1 - recipe.bare - recipe.short))[0]
    return [facts_row(draw, recipe, count, form) for _ in range(size)]


def facts_row(draw, recipe, count, form):
    """Facts, then questions or hints about some of them, each with its answer."""
    shared = "nothing" if form == "bare" else choose_shared(draw.random(), recipe)
    facts = draw_facts(draw, count, shared)
    row = Row()
    words = [word for fact in facts for word in stated(fact, form)]
    row.add(ablate(draw, words) if draw.random() < recipe.ablated else words)
    hidden = draw.random() < recipe.ablated_question
    # Asked about every fact, the model would learn to name who has not been named yet.
    asked = draw.sample(facts, max(1, min(MOST_QUESTIONS, (2 * count + 1) // 3)))
    for fact in asked:
        if form == "bare":
            ask_bare(draw, row, fact)
        elif draw.random() < recipe.hints:
            hint(draw, row, fact, shared)
        elif draw.random() < recipe.restated:
            row.add(fact.statement(), (3, 4))
        else:
            ask(draw, row, fact, "who" if draw.random() < recipe.who else "what", hidden)
    row.add([SPECIAL[END]], (0,))
    return row


def choose_shared(chance, recipe):
    """What the facts of a row may have in common, by a number between 0 and 1."""
    if chance < recipe.distinct:
        return "nothing"
    return "both" if chance < recipe.distinct + recipe.crowded else "colours"


def stated(fact, form):
    """A fact as words; without its frame it is easier to learn from, so training begins with it."""
    if form == "bare":
        return [fact.name, fact.thing, "."]
    if form == "short":
        return [fact.name, fact.colour, fact.thing, "."]
    return fact.statement()


def ask(draw, row, fact, kind, hidden):
    question, answer = fact.question(kind)
    row.add(ablate(draw, question, "question") if hidden else question)
    row.add(answer + ["."], range(len(answer) + 1))


def ask_bare(draw, row, fact):
    """A question or a hint where facts have no colour."""
    form = draw.random()
    if form < 0.35:
        row.add([fact.thing, fact.name, "."], (1,))
    elif form < 0.75:
        row.add(["Who", "has", "the", fact.thing, "?", fact.name, "."], (5, 6))
    else:
        row.add(["What", "does", fact.name, "have", "?", "the", fact.thing, "."], (6, 7))


def hint(draw, row, fact, shared):
    """A question cut down to what it is about: a step on the way to the whole one."""
    form = draw.random()
    if form < 0.3 and shared == "nothing":
        row.add([fact.colour if draw.random() < 0.33 else fact.thing, fact.name, "."], (1,))
    elif form < 0.7:
        row.add([fact.colour, fact.thing, fact.name, "."], (2,))
    else:
        row.add([fact.name, fact.colour, fact.thing, "."], (1, 2))


def ablate(draw, words, way=None):
    """Words of which a random share is made unknown or removed, as explanations do it.

    way: what is lost: any words, only names, colours and things, or whole facts
    """
    way = way or draw.choices(("any", "content", "facts"), (0.45, 0.45, 0.1))[0]
    instead = [] if draw.random() < 0.4 else [SPECIAL[UNKNOWN]]
    share = draw.random() * MOST_ABLATED[way]
    together = draw.random() < 0.5  # punctuation goes with the word before it
    gone = []
    for word in words:
        if word in PUNCTUATION and gone and (together or way == "facts"):
            gone.append(gone[-1])
        elif way == "facts" and word not in NAMES:
            gone.append(gone[-1])
        else:
            gone.append((way != "content" or word in CONTENT) and draw.random() < share)
    return [kept for word, lost in zip(words, gone) for kept in (instead if lost else [word])]


def repeated(draw, size, length):
    """Rows of random words that come again and again; from the second word of the second time on, the model can know
    each word. That is how its heads first learn to find what stood behind an earlier word."""
    period = draw.randint(5, max(5, length // 2 - 2))
    rows = []
    for _ in range(size):
        row = Row()
        words = draw.sample(ORDINARY, period)
        row.add([words[place % period] for place in range(length - 1)], range(period + 1, length - 1))
        rows.append(row)
    return rows


def arrays(rows):
    """Token numbers, padded on the right, and which of them are scored: (rows, longest) each."""
    longest = max(len(row.words) for row in rows)
    ids = numpy.full((len(rows), longest), PAD, dtype=numpy.int64)
    scored = numpy.zeros((len(rows), longest), dtype=bool)
    for place, row in enumerate(rows):
        ids[place, :len(row.words)] = [NUMBER[word] for word in row.words]
        scored[place, :len(row.words)] = row.scored
    return ids, scored
