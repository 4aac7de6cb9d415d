#!/usr/bin/env python3
"""What the official client of OpenAI makes of a server that speaks its protocols.

    benchmarks/servers.py http://127.0.0.1:8000/v1

Python with openai. Every check prints a line; the exit status is 1 where one fails. Made for the
server of the tests (benchmarks/test-server), whose model knows the answers yes and no.
"""

import math
import sys

import openai

TEXT = "A fine day \U0001F600 is good: yes"


def main(url):
    client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
    failed = []

    def check(what, holds, seen=""):
        print(("ok    " if holds else "WRONG ") + what + (f" ({seen})" if seen != "" else ""))
        if not holds:
            failed.append(what)

    models = [m.id for m in client.models.list()]
    check("one model is listed", len(models) == 1, models)
    model = models[0]

    echo = client.completions.create(
        model=model, prompt=TEXT, echo=True, logprobs=1, max_tokens=0, temperature=0)
    choice = echo.choices[0]
    logprobs = choice.logprobs
    check("the text comes back", choice.text == TEXT)
    check("a log-probability a token", len(logprobs.tokens) == len(logprobs.token_logprobs)
          == len(logprobs.text_offset) == echo.usage.prompt_tokens, len(logprobs.tokens))
    check("none for the first token", logprobs.token_logprobs[0] is None)
    check("all others are logarithms", all(v <= 0 for v in logprobs.token_logprobs[1:]))
    check("offsets are characters of the text", all(
        token == "\ufffd" or TEXT[at:at + len(token)] == token
        for token, at in zip(logprobs.tokens[:5], logprobs.text_offset[:5])))

    own = client.completions.create(
        model=model, prompt=TEXT, max_tokens=1, extra_body={"prompt_logprobs": 0})
    rows = own.choices[0].model_extra["prompt_logprobs"]
    values = [None if row is None else next(iter(row.values()))["logprob"] for row in rows]
    check("prompt_logprobs are the same", values == logprobs.token_logprobs)

    made = client.completions.create(
        model=model, prompt="it is good", max_tokens=5, temperature=0, stop=["s"])
    check("a text is continued up to what stops it", made.choices[0].text == " ye",
          repr(made.choices[0].text))

    chat = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "it is good"}],
        max_tokens=1, temperature=0, logprobs=True, top_logprobs=20)
    top = chat.choices[0].logprobs.content[0].top_logprobs
    check("twenty likely first tokens", len(top) == 20, top[0].token)
    check("likeliest first", all(a.logprob >= b.logprob for a, b in zip(top, top[1:])))
    check("of at most all probability", sum(math.exp(t.logprob) for t in top) <= 1 + 1e-9)
    check("bytes are the tokens'", all(bytes(t.bytes).decode() == t.token for t in top))
    check("the reply is the likeliest", chat.choices[0].message.content == top[0].token.strip())

    packed = client.embeddings.create(model=model, input=["a fine day", "bad"])
    plain = client.embeddings.create(
        model=model, input=["a fine day", "bad"], encoding_format="float")
    pairs = [(a, b) for p, q in zip(packed.data, plain.data)
             for a, b in zip(p.embedding, q.embedding)]
    check("vectors packed and plain are the same", max(abs(a - b) for a, b in pairs) < 1e-6)

    try:
        client.completions.create(model="nobody", prompt=TEXT)
        check("an unknown model is refused", False)
    except openai.NotFoundError as e:
        check("an unknown model is refused", e.code == "model_not_found", e.code)

    print(f"openai {openai.__version__}: {len(failed)} checks failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
