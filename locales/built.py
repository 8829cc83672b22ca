"""What is learned from the examples, beside its sources; built anew when they changed.

A file is named by a hash of everything it was built from, so a stale one is never read.
"""

import hashlib
import logging
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pypinyin

import flows.understanding
from flows.lexicon import Lexicon
from flows.understanding.category import CategoryModel, Learned
from flows.understanding.leaning import AnswerModel, learn_answers
from flows.understanding.learn import learn
from flows.understanding.second_opinion import SecondOpinion, learn_dangers

FOLDER = Path(__file__).parent / "__built__"
_CODE = ("category", "features", "gist", "learn", "normalise", "svm", "vectors")
_CODE_OF: dict[str, tuple[str, ...]] = {
    "categories": (),
    "dangers": ("linear", "second_opinion"),
    "answers": ("leaning", "linear", "phrases"),
}
_LISTS = {"answers": {"full_stop"}, "numbers": True, "places": True}
_SEEN: dict[str, tuple[Any, ...]] = {
    "categories": ({"categories", "nothing"}, _LISTS),
    "dangers": (
        {"categories", "nothing", "emergency_examples"},
        {"emergency": {"words"}},
        _LISTS,
    ),
    "answers": ({"categories", "answers", "answer_examples"},),
}
"""What of the lexicon each depends on."""
_KEPT = 12
"""Files that stay: of a community or two, and what was before the last change."""

log = logging.getLogger(__name__)


def category_model(lexicon: Lexicon, folder: Path = FOLDER) -> CategoryModel:
    """From the file when it is there, else learned (some seconds) and stored. A folder that cannot
    be written costs those seconds at every start, nothing else."""
    return CategoryModel(lexicon, _learned(learn, lexicon, path_of("categories", lexicon, folder)))


def second_opinion(lexicon: Lexicon, folder: Path = FOLDER) -> SecondOpinion:
    """The same for dangers."""
    path = path_of("dangers", lexicon, folder)
    return SecondOpinion(lexicon, _learned(learn_dangers, lexicon, path))


def answer_model(lexicon: Lexicon, folder: Path = FOLDER) -> AnswerModel:
    """The same for answers."""
    path = path_of("answers", lexicon, folder)
    return AnswerModel(lexicon, _learned(learn_answers, lexicon, path))


def path_of(name: str, lexicon: Lexicon, folder: Path = FOLDER) -> Path:
    return folder / f"{name}-{fingerprint(lexicon, name)}.npz"


def fingerprint(lexicon: Lexicon, name: str) -> str:
    """Of the words, the examples and the code that learns from them."""
    seen = hashlib.sha256(pypinyin.__version__.encode())
    for fields in _SEEN[name]:
        seen.update(lexicon.model_dump_json(include=fields).encode())
    for module in (*_CODE, *_CODE_OF[name]):
        seen.update((Path(flows.understanding.__path__[0]) / f"{module}.py").read_bytes())
    return seen.hexdigest()[:16]


def _learned(learn: Callable[[Lexicon], Learned], lexicon: Lexicon, path: Path) -> Learned:
    learned = _read(path)
    if learned is None:
        learned = learn(lexicon)
        try:
            _write(path, learned)
        except OSError as error:
            log.warning("What was learned cannot be kept in %s: %s", path.parent, error)
    return learned


def _read(path: Path) -> Learned | None:
    """None when there is no such file or it is broken."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return Learned(
                grams=tuple(file["grams"].tobytes().decode().split("\n")),
                idf=file["idf"],
                weights=file["weights"],
                scale=file["scale"],
            )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        log.warning("%s is broken (%s) and is built anew.", path, error)
        return None


def _write(path: Path, learned: Learned) -> None:
    """Whole or not at all, whoever else builds the same at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as file:
        np.savez_compressed(
            file,
            grams=np.frombuffer("\n".join(learned.grams).encode(), dtype=np.uint8),
            idf=learned.idf,
            weights=learned.weights,
            scale=learned.scale,
        )
    part.replace(path)
    others = sorted(path.parent.glob("*.npz"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in others[_KEPT:]:
        old.unlink(missing_ok=True)
