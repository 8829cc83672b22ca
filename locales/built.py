"""The category model beside its sources, built anew when they changed, like Python's own caches.

A file is named by a hash of everything it was built from, so a stale one is never read.
"""

import hashlib
import logging
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pypinyin

import flows.understanding
from flows.lexicon import Lexicon
from flows.understanding.category import CategoryModel, Learned
from flows.understanding.learn import learn

FOLDER = Path(__file__).parent / "__built__"
_CODE = ("category", "features", "gist", "learn", "normalise", "svm", "vectors")
_SEEN: Any = {
    "categories": True,
    "nothing": True,
    "answers": {"full_stop"},
    "numbers": {"digits", "ten", "hundred"},
    "places": {"building", "unit", "room", "mark"},
}
"""What of the lexicon the model depends on."""
_KEPT = 4
"""Files that stay: a community or two, and what was before the last change."""

log = logging.getLogger(__name__)


def category_model(lexicon: Lexicon, folder: Path = FOLDER) -> CategoryModel:
    """From the file when it is there, else learned (some seconds) and stored. A folder that cannot
    be written costs those seconds at every start, nothing else."""
    path = folder / f"categories-{fingerprint(lexicon)}.npz"
    learned = _read(path)
    if learned is None:
        learned = learn(lexicon)
        try:
            _write(path, learned)
        except OSError as error:
            log.warning("The category model cannot be kept in %s: %s", folder, error)
    return CategoryModel(lexicon, learned)


def fingerprint(lexicon: Lexicon) -> str:
    """Of the words, the examples and the code that learns from them."""
    seen = hashlib.sha256(pypinyin.__version__.encode())
    seen.update(lexicon.model_dump_json(include={"categories", "nothing"}).encode())
    rest = lexicon.model_dump_json(
        include={"answers": {"full_stop"}, "numbers": True, "places": True}
    )
    seen.update(rest.encode())
    for name in _CODE:
        seen.update((Path(flows.understanding.__path__[0]) / f"{name}.py").read_bytes())
    return seen.hexdigest()[:16]


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
