"""Random diagrams without structure: nodes, flows and events wherever the dice fall, in the notation of ``drawing``."""

from __future__ import annotations

import random

KINDS = ("user", "user", "exclusive", "parallel", "inclusive", "script", "throw", "catch", "receive")
CAUGHT = ("message=m", "signal=s1", "timer=P1D", "when=`again`")
AT_BORDERS = ("timer=P1D", "message=m", "signal=s0", "when=`again`", "message=m signal=s1 all_of", "cycle=R2/P1D")
REPEATED = ("times=2", "times=2 sequential", "loop=`again` maximum=3")
FLAGS = ("", " noninterrupting")


def graph(dice: random.Random) -> str:
    """A whole process; most of them loop, some wait for ever, a few the check refuses."""
    lines, sources = ["start s", "end e"], []
    for number in range(dice.randint(4, 14)):
        kind, name = dice.choice(KINDS), f"n{number}"
        lines.append(f"{kind} {name} {_details(dice, kind)}".rstrip())
        sources.append((kind, name))
        if kind == "user" and dice.random() < 0.4:
            lines.append(f"boundary b{number} on={name} {dice.choice(AT_BORDERS)}{dice.choice(FLAGS)}")
            sources.append(("boundary", f"b{number}"))
    targets = [name for kind, name in sources if kind != "boundary"] + ["e"]
    lines.append(f"s > {targets[0]}")
    for kind, name in sources:
        lines += _flows(dice, kind, name, targets)
    if dice.random() < 0.3:
        trigger = dice.choice((*CAUGHT, "signal=s2"))
        lines += ["event_sub h", f"  start hs {trigger}{dice.choice(FLAGS)}", "  user hu", "  hs > hu"]
    return "\n".join(lines)


def _details(dice: random.Random, kind: str) -> str:
    if kind == "throw":
        return f"signal=s{dice.randint(0, 2)}"
    if kind == "catch":
        return dice.choice(CAUGHT)
    if kind == "user":
        return dice.choice(REPEATED) if dice.random() < 0.2 else ""
    return {"receive": "message=m", "script": "body=`{steps: steps + 1}`"}.get(kind, "")


def _flows(dice: random.Random, kind: str, name: str, targets: list[str]) -> list[str]:
    splits = kind in {"exclusive", "inclusive", "parallel", "boundary"} or dice.random() < 0.2
    chosen = dice.sample(targets, min(dice.randint(1, 3) if splits else 1, len(targets)))
    if kind not in {"exclusive", "inclusive"} or len(chosen) == 1:
        return [f"{name} > {target}" for target in chosen]
    return [f"{name} > {t}{f' if `pick = {i}`' if i else ' default'}" for i, t in enumerate(chosen)]
