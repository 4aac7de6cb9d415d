"""Random templates and chats, as transformers renders them, for ChatTemplateTest.

    python3 src/test/models/random_chats.py TEMPLATES CHATS SEED FILE
    mvn test -Dtest=ChatTemplateTest -Dablate.chats=FILE

writes so many random templates over one chat, and so many random chats under each template that
lies beside the tests. Needs transformers and tokenizers.
"""

import copy
import random
import sys
import warnings

import make_chats

rng = random.Random(0)


ATOMS = [
    '1',
    '0',
    '2',
    '-3',
    '2.5',
    '0.1',
    '1e3',
    "'a'",
    "''",
    "' b '",
    "'A b-c'",
    '"it\'s"',
    'none',
    'true',
    'false',
    '[]',
    '[1, 2, 3]',
    "['b', 'a']",
    "(1, 'x')",
    '{}',
    "{'k': 1, 'b': 'v'}",
    'messages',
    'messages[0]',
    'messages[1].content',
    'messages[0].role',
    'messages[3].d',
    'nope',
    'messages[0].nope',
    'messages[2].l',
    'tools',
    'tools[0].function',
    'bos_token',
    'range(3)',
    'loop',
    "'False'",
    "'x\\ny\\n'",
    "'é😀'",
    'messages[1].n',
    'messages[2].t',
    'messages[1].none',
    'messages[3].e',
    'x',
]
FILTERS = [
    'trim',
    'upper',
    'lower',
    'length',
    'first',
    'last',
    'list',
    'string',
    'tojson',
    "join(',')",
    "default('d')",
    "default('d', true)",
    'int',
    'float',
    'abs',
    'reverse',
    'sort',
    'unique',
    'title',
    'capitalize',
    "replace('a', 'Z')",
    "map('string')",
    "map(attribute='role')",
    "selectattr('role')",
    'items',
    'dictsort',
    'sum',
    'min',
    'max',
    'round',
    'indent',
    'tojson(indent=2)',
    'select',
    'count',
    "reject('none')",
    'round(1)',
    'indent(2, true)',
    'dictsort(reverse=true)',
    'sort(reverse=true)',
    'join',
]
TESTS = [
    'defined',
    'undefined',
    'none',
    'string',
    'number',
    'mapping',
    'iterable',
    'sequence',
    'boolean',
    'integer',
    'float',
    'true',
    'false',
    'odd',
    'even',
    'lower',
    'upper',
    'eq 1',
    "in [1, 'a']",
    'callable',
    'divisibleby 2',
    "ne 'a'",
    'gt 1',
]
PARTS = [
    '.strip()',
    '.split()',
    ".split(',')",
    '.upper()',
    '.lower()',
    ".startswith('a')",
    ".endswith('b')",
    '.items()',
    '.keys()',
    '.values()',
    ".get('k')",
    ".get('role')",
    ".replace('a', 'b')",
    '.title()',
    ".strip('a')",
    '[0]',
    '[-1]',
    '[1:]',
    '[:1]',
    '[::-1]',
    "['role']",
    "['k']",
    '.role',
    '.k',
    '.content',
    '.splitlines()',
    ".join(['p', 'q'])",
    ".count('a')",
    ".find('b')",
    '.lstrip()',
    '.rstrip()',
    '[0:2]',
    '.0',
    '.isdigit()',
    '.capitalize()',
    ".index('a')",
    '.zfill(4)',
]
TEXTS = [
    '',
    ' ',
    '\n',
    '  \n',
    '\n  ',
    '\t',
    ' x ',
    'a\n',
    '\n\n',
    ' \n \n',
    'b',
]
SIGNS = ["+", "-", "*", "/", "//", "%", "~", "==", "!=", "<", ">", "<=", ">=", "in", "not in", "and", "or"]


def expression(depth):
    def inner():
        return expression(depth - 1)

    if depth <= 0 or rng.random() < 0.25:
        return rng.choice(ATOMS)
    kind = rng.choices(range(11), [15, 15, 8, 17, 6, 4, 3, 3, 2, 2, 2])[0]
    return [
        lambda: (inner() if rng.random() < 0.7 else "(" + inner() + ")") + rng.choice(PARTS),
        lambda: inner() + " | " + rng.choice(FILTERS),
        lambda: inner() + rng.choice([" is ", " is not "]) + rng.choice(TESTS),
        lambda: inner() + " " + rng.choice(SIGNS) + " " + inner(),
        lambda: inner() + " if " + inner() + (" else " + inner() if rng.random() < 0.8 else ""),
        lambda: "not " + inner(),
        lambda: "-" + inner(),
        lambda: "[" + inner() + ", " + inner() + "]",
        lambda: "{'p': " + inner() + ", " + inner() + ": 1}",
        lambda: "(" + inner() + ")",
        lambda: inner() + " ~ " + inner(),
    ][kind]()


def tag(inside):
    return "{%" + rng.choice(["", "-", "+", ""]) + " " + inside + " " + rng.choice(["", "-", "+", ""]) + "%}"


def loop(depth):
    over = rng.choice(["messages", "[1, 2, 3]", "messages[3].d.items()", "messages[3].d", "'a\u00f1'", expression(1)])
    leave = tag("if loop.first") + tag(rng.choice(["break", "continue"])) + tag("endif")
    return (
        tag("for " + rng.choice(["x", "x", "k, v"]) + " in " + over + (" if " + expression(1) if rng.random() < 0.2 else ""))
        + template(depth)
        + rng.choice(["", "{{ loop.index }}{{ loop.last }}{{ x }}", leave])
        + (tag("else") + template(depth) if rng.random() < 0.2 else "")
        + tag("endfor")
    )


def choice(depth):
    return (
        tag("if " + expression(2))
        + template(depth)
        + (tag("elif " + expression(1)) + template(depth) if rng.random() < 0.3 else "")
        + (tag("else") + template(depth) if rng.random() < 0.5 else "")
        + tag("endif")
    )


def template(depth):
    text = ""
    for _ in range(rng.randint(1, 3)):
        kind = 0 if depth <= 0 else rng.choices(range(10), [45, 15, 15, 8, 4, 3, 3, 2, 2, 3])[0]
        text += rng.choice(TEXTS)
        text += [
            lambda: "{{" + rng.choice(["", "-"]) + " " + expression(2) + " " + rng.choice(["", "-"]) + "}}",
            lambda: choice(depth - 1),
            lambda: loop(depth - 1),
            lambda: tag("set x = " + expression(2)),
            lambda: tag("set x") + template(depth - 1) + tag("endset"),
            lambda: tag("macro x(a, b=" + expression(1) + ")") + "{{ a }}" + template(depth - 1) + tag("endmacro")
            + "{{ x(" + expression(1) + ") }}",
            lambda: "{#" + rng.choice(["", "-", "+"]) + " c " + rng.choice(["", "-", "+"]) + "#}",
            lambda: tag("set n = namespace(a=0)") + tag("for i in [1, 2]") + tag("set n.a = n.a + i") + tag("endfor")
            + "{{ n.a }}",
            lambda: tag("with x = " + expression(1)) + template(depth - 1) + tag("endwith"),
            lambda: tag("filter " + rng.choice(["upper", "trim", "indent"])) + template(depth - 1) + tag("endfilter"),
        ][kind]()
    return text + rng.choice(TEXTS)


def random_templates(count):
    for n in range(count):
        source = "{{ " + expression(3) + " }}" if n % 2 else template(2)
        messages, tools = copy.deepcopy((make_chats.MESSAGES, make_chats.TOOLS[:1]))
        found = make_chats.rendered(source, messages, tools, True)
        # What prints the address of an object is another text each time.
        if " at 0x" not in found.get("text", "").lower():
            yield {"source": source, "messages": make_chats.MESSAGES, "tools": tools, "generation": True, **found}


def main():
    # Python remarks on templates that index what has no items.
    warnings.simplefilter("ignore", SyntaxWarning)
    templates, chats, seed, path = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    rng.seed(seed)
    rows = list(random_templates(templates))
    for source in make_chats.FOLDER.glob("*.jinja"):
        text = source.read_text(encoding="utf-8")
        rows += [{**row, "source": text} for row in make_chats.chats([(source.name, text)], chats, seed)]
    with open(path, "w", encoding="utf-8") as file:
        file.write(make_chats.lines(rows))


if __name__ == "__main__":
    main()
