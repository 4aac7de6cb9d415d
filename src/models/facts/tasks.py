"""Writes the three tasks of the heads as files of prompts and answers, one line of JSON each.

    python3 src/models/facts/tasks.py OUT     # OUT/repeat.jsonl, OUT/what.jsonl, OUT/who.jsonl
"""
import json
import pathlib
import sys

from check import head_tasks
from words import VOCABULARY, tokenizer


def main():
    folder, reader = pathlib.Path(sys.argv[1]), tokenizer()
    folder.mkdir(parents=True, exist_ok=True)
    for task, (rows, answers) in head_tasks().items():
        lines = []
        for row, answer in zip(rows, answers):
            # Apart, or the tokenizer would read punctuation marks beside each other as one.
            prompt, words = (" ".join(VOCABULARY[number] for number in numbers) for numbers in (row[1:], answer))
            assert reader.encode(f"{prompt} {words}").ids == row + answer, "the tokenizer reads other words"
            lines.append(json.dumps({"prompt": prompt, "answer": " " + words}) + "\n")
        (folder / f"{task}.jsonl").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
