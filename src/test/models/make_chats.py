"""Makes the chats that ChatTemplateTest compares, as transformers renders them.

    python3 src/test/models/make_chats.py            # writes chats.jsonl and constructs.jsonl
    python3 src/test/models/make_chats.py --check    # says whether they are what it would write

Needs transformers and tokenizers. The templates lie beside the chats; all inputs are fixed.
"""

import json
import random
import sys
from pathlib import Path

from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

FOLDER = Path(__file__).parents[1] / "resources" / "dev" / "ablate" / "model" / "chat"
TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
TOKENIZER = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(models.WordLevel({"<unk>": 0, "<s>": 1, "</s>": 2}, "<unk>")), **TOKENS
)

TEXTS = [
    "Who has the blue cup?",
    "  Anna has the red key.\n",
    "",
    "user",
    "assistant\n\nsystem",
    "Zoë lives in 東京 \U0001f600 e\u0301",
    "a <b> & 'c' \"d\" \\ / \u2028 \x7f \t tab",
    "{{ messages }} {% raw %} {# no #}",
    "<think>\nlet me see\n</think>\n\nIt is Tom.",
    "False",
    "0",
    "None",
    "\u00a0spaces of another kind\u3000",
    "line\r\nline\rline",
    "One.\n\nTwo.\n \nThree.",
    "<|im_end|> [/INST] </s>",
]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Says what the weather is.\nOf today.",
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {"type": "string", "description": "which city"},
                    "days": {"type": "integer", "enum": [1, 2, 3]},
                    "unit": {"type": ["string", "null"], "description": ""},
                },
                "required": ["city"],
            },
        },
    },
    {
        "type": "function",
        "function": {
            "name": "größe",
            "description": None,
            "parameters": {
                "type": "object",
                "properties": {
                    "box": {
                        "type": "object",
                        "description": "of <what> & \"where\"",
                        "properties": {"w": {"type": "number"}, "h": {"type": "number", "default": 1.5e-7}},
                        "required": [],
                    }
                },
            },
        },
    },
    {"name": "now", "description": "The time", "parameters": {"type": "object", "properties": {}}},
]
VALUES = [1, 1.0, -0.5, 1e22, 1e-7, True, None, "Ünï", [], {}, [1, [2.5, "x"]], {"b": 1, "a": [None, False]}]


def content(rng):
    if rng.random() < 0.8:
        return rng.choice(TEXTS)
    parts = [{"type": "text", "text": rng.choice(TEXTS)} for _ in range(rng.randint(0, 3))]
    if rng.random() < 0.5:
        parts.insert(rng.randint(0, len(parts)), {"type": "image", "url": "x.png"})
    return parts


def chat(rng):
    messages = []
    if rng.random() < 0.5:
        messages.append({"role": "system", "content": rng.choice(TEXTS) if rng.random() < 0.9 else content(rng)})
    for turn in range(rng.randint(0, 5)):
        role = ["user", "assistant"][turn % 2]
        message = {"role": role, "content": content(rng)}
        if role == "assistant" and rng.random() < 0.4:
            message["content"] = rng.choice([None, "", "Let me see."])
            message["tool_calls"] = [
                {
                    "type": "function",
                    "id": rng.choice(["call00001", None, "x"]),
                    "function": {
                        "name": rng.choice(["get_weather", "größe"]),
                        "arguments": rng.choice(
                            ['{"city": "Rome"}', {k: rng.choice(VALUES) for k in rng.sample(["city", "days", "z"], 2)}]
                        ),
                    },
                }
                for _ in range(rng.randint(1, 2))
            ]
        if rng.random() < 0.1:
            message["name"] = rng.choice(["anna", "", None])
        if role == "assistant" and rng.random() < 0.1:
            message["reasoning_content"] = "\nwhy not\n"
        messages.append(message)
        if "tool_calls" in message:
            for call in message["tool_calls"]:
                messages.append(
                    {
                        "role": "tool",
                        "name": "get_weather",
                        "tool_call_id": call["id"],
                        "content": rng.choice(TEXTS + [{"ok": True, "t": 21.5}]),
                    }
                )
    if not messages or rng.random() < 0.05:
        messages.append({"role": rng.choice(["critic", "user", "tool"]), "content": rng.choice(TEXTS)})
    tools = rng.sample(TOOLS, rng.randint(1, 3)) if rng.random() < 0.4 else None
    return messages, tools, rng.random() < 0.7


def rendered(template, messages, tools, generation):
    """The text, or None where transformers renders none."""
    try:
        text = TOKENIZER.apply_chat_template(
            messages, tools=tools, chat_template=template, add_generation_prompt=generation, tokenize=False
        )
        return {"text": text}
    except Exception as e:
        return {"error": type(e).__name__, "message": str(e)}


def chats(templates, count, seed):
    for name, template in templates:
        rng = random.Random(seed)
        for _ in range(count):
            messages, tools, generation = chat(rng)
            yield {
                "template": name,
                "messages": messages,
                "tools": tools or [],
                "generation": generation,
                **rendered(template, messages, tools, generation),
            }


CONSTRUCTS = (FOLDER / "constructs.txt").read_bytes().decode("utf-8").split("\n----\n")
MESSAGES = [
    {"role": "system", "content": " Be kind. "},
    {"role": "user", "content": "Zoë 東\U0001f600 'q' \"w\" <&>\nx", "n": 3, "f": 2.5, "none": None, "items": 7},
    {"role": "assistant", "content": [{"type": "text", "text": "a,b,,c"}, {"type": "image"}], "t": True, "l": [3, 1, 2]},
    {"role": "user", "content": "", "d": {"B": 1, "a": {"x": [1, None]}}, "big": 123456789012, "e": 1e16, "s": "False"},
]


def constructs():
    for template in CONSTRUCTS:
        yield {"source": template, **rendered(template, MESSAGES, TOOLS[:1], True)}


def lines(rows):
    return "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows)


def main():
    own = [(p.name, p.read_text(encoding="utf-8")) for p in sorted(FOLDER.glob("*.jinja"))]
    files = {
        "chats.jsonl": lines(chats(own, 60, 1)),
        "constructs.jsonl": lines([{"messages": MESSAGES, "tools": TOOLS[:1]}, *constructs()]),
    }
    for name, text in files.items():
        path = FOLDER / name
        if "--check" in sys.argv:
            print(name, "as written" if path.read_text(encoding="utf-8") == text else "DIFFERS")
        else:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
