"""What kind of ONNX model a folder holds: its files say."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from voice.recognition.protocol import RecogniserMissing


class Kind(Enum):
    """By the name people know."""

    SENSE_VOICE = "SenseVoice"
    PARAFORMER = "Paraformer"
    ZIPFORMER_STREAMING = "流式 Zipformer"


_NOTED = {
    Kind.SENSE_VOICE: b"lang_yue",
    Kind.PARAFORMER: b"lfr_window_size",
    Kind.ZIPFORMER_STREAMING: b"decode_chunk_len",
}
"""A note that its exporter left in the file (k2-fsa/sherpa-onnx, `csrc/`). SenseVoice's files have
Paraformer's, too: the first that is found counts."""
_PARTS = {
    Kind.SENSE_VOICE: ("model",),
    Kind.PARAFORMER: ("model",),
    Kind.ZIPFORMER_STREAMING: ("encoder", "decoder", "joiner"),
}
_KNOWN = "、".join(kind.value for kind in Kind)
_NOTES = 14
"""Field of a `ModelProto` that holds an exporter's notes, a key and a value each (onnx.proto)."""


@dataclass(frozen=True)
class OnnxModel:
    kind: Kind
    tokens: Path
    parts: tuple[Path, ...]
    """The model, or encoder, decoder and joiner."""


def find(folder: Path) -> OnnxModel | None:
    """None where it is no folder of ONNX files.

    Raises `RecogniserMissing` where one is of no kind we know, or not whole.
    """
    if not any(folder.glob("*.onnx")):
        return None
    kind = next((kind for kind in Kind if _is(kind, folder)), None)
    if kind is None:
        raise RecogniserMissing(f"{folder} 里的 ONNX 模型不认得：会用的是 {_KNOWN}。")
    parts = {name: _part(folder, name) for name in _PARTS[kind]}
    tokens = folder / "tokens.txt"
    lost = [f"{name}.onnx" for name, path in parts.items() if path is None or _empty(path)]
    lost += [tokens.name] if _empty(tokens) else []
    if lost:
        raise RecogniserMissing(
            f"语音识别模型 {folder} 不全，缺 {'、'.join(lost)}。请重新解开下载的压缩包。"
        )
    return OnnxModel(kind, tokens, tuple(path for path in parts.values() if path))


def _is(kind: Kind, folder: Path) -> bool:
    first = _part(folder, _PARTS[kind][0])
    return first is not None and _NOTED[kind] in _notes(first)


def _part(folder: Path, name: str) -> Path | None:
    """`encoder-epoch-99-avg-1.int8.onnx` is an encoder; of several the quantised one, which takes a
    quarter of the memory."""
    found = sorted(folder.glob(f"*{name}*.onnx"), key=lambda path: (-path.name.count("int8"), path))
    return found[0] if found else None


def _empty(path: Path) -> bool:
    try:
        return path.stat().st_size == 0
    except OSError:
        return True


def _notes(path: Path) -> Iterator[bytes]:
    """Their keys. Nothing for a file that is no model; a gigabyte of weights is stepped over."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            while file.tell() < size:
                field, kind = divmod(_number(file), 8)
                if kind == 0:
                    _number(file)
                    continue
                length = {1: 8, 5: 4}.get(kind) or _number(file)
                if field == _NOTES:
                    note = file.read(length)  # a tag, the key's length and the key; its value
                    yield note[2 : 2 + note[1]] if len(note) > 2 else b""
                else:
                    file.seek(length, 1)
    except (OSError, ValueError):
        return


def _number(file: BinaryIO) -> int:
    """A varint. Raises `ValueError` at the end of the file."""
    number = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)
        if not byte:
            break
        number |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return number
    raise ValueError("no protobuf")
