"""ONNX models small enough to be written by a test, with the inputs, outputs and notes that
sherpa-onnx looks for. They hold no weights: each hears one syllable in a stretch of loud sound."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper, save

from voice.recognition.onnx_folder import Kind

SYLLABLE = "对"
_FRAMES, _STACKED = 80, 560
"""Features of a frame (10 ms), and of the seven that SenseVoice and Paraformer take together."""
_LOUD = 10.0
"""Mean logarithmic power of a feature of loud sound; silence has less than 0."""
_NORMALISED = 20.8
"""How much lower it is where samples go up to 1."""
_INTEGER, _REAL = TensorProto.INT64, TensorProto.FLOAT
Shape = Sequence[int | str | None]
Port = tuple[str, int, Shape]
"""An input or output: its name, type and shape."""


def write(folder: Path, kind: Kind) -> Path:
    """A folder as its operator unpacks it."""
    folder.mkdir()
    {
        Kind.SENSE_VOICE: _sense_voice,
        Kind.PARAFORMER: _paraformer,
        Kind.ZIPFORMER_STREAMING: _zipformer,
    }[kind](folder)
    return folder


def _sense_voice(folder: Path) -> None:
    """Four symbols of its own, and then frames: [1, 4 + T, 7]."""
    symbols = ["<blank>", SYLLABLE, "<|zh|>", "<|NEUTRAL|>", "<|Speech|>", "<|woitn|>", "<unk>"]
    _tokens(folder, symbols)
    own = np.full((1, 4, len(symbols)), -9, np.float32)
    own[0, range(4), (2, 3, 4, 5)] = 9
    graph = [*_louder("x", len(symbols), axis=2), _node("Concat", ["own", "frames"], "y", axis=1)]
    inputs: list[Port] = [("x", _REAL, [1, "T", _STACKED])]
    inputs += [(name, TensorProto.INT32, [1]) for name in ("length", "language", "itn")]
    languages = {f"lang_{name}": 3 + at for at, name in enumerate(("auto", "zh", "en", "ja", "ko"))}
    notes = {**_stacked(len(symbols)), **languages, "lang_yue": 9, "with_itn": 14,
             "without_itn": 15, "normalize_samples": 0, "comment": "tiny"}  # fmt: skip
    output = [("y", _REAL, [1, None, len(symbols)])]
    _save(folder / "model.int8.onnx", graph, inputs, output, {"own": own}, notes)


def _paraformer(folder: Path) -> None:
    """One token for the whole: [1, 1, 3]."""
    symbols = [SYLLABLE, "<unk>", "</s>"]
    _tokens(folder, symbols)
    graph = [
        _node("ReduceMax", ["x", "frame_axis"], "loudest", keepdims=1),
        *_louder("loudest", len(symbols), axis=2, quiet=2, loud=0),
        _node("Identity", ["frames"], "y"),
        _node("Identity", ["length"], "count"),
    ]
    inputs: list[Port] = [("x", _REAL, [1, "T", _STACKED]), ("length", TensorProto.INT32, [1])]
    outputs: list[Port] = [("y", _REAL, [1, 1, len(symbols)]), ("count", TensorProto.INT32, [1])]
    axis = {"frame_axis": np.array([1], np.int64)}
    _save(folder / "model.onnx", graph, inputs, outputs, axis, _stacked(len(symbols)))


def _zipformer(folder: Path) -> None:
    """Chunks of 32 frames, each made one: what the joiner hears in it, unless it just did."""
    symbols = ["<blk>", SYLLABLE, "<unk>"]
    _tokens(folder, symbols)
    width, dims = len(symbols), 4
    states: dict[str, tuple[int, Shape]] = {
        "key": (_REAL, [2, 1, 4]),
        "nonlin": (_REAL, [1, 1, 2, 3]),
        "value1": (_REAL, [2, 1, 4]),
        "value2": (_REAL, [2, 1, 4]),
        "conv1": (_REAL, [1, dims, 1]),
        "conv2": (_REAL, [1, dims, 1]),
        "embed": (_REAL, [1, 128, 3, 19]),
        "processed": (_INTEGER, [1]),
    }
    graph = [
        _node("ReduceMean", ["x", "frame_axis"], "chunk", keepdims=1),
        *_louder("chunk", width, axis=2, raise_by=_NORMALISED),
        _node("Identity", ["frames"], "encoder_out"),
        *(_node("Identity", [name], f"new_{name}") for name in states),
    ]
    inputs: list[Port] = [("x", _REAL, [1, 45, _FRAMES])]
    inputs += [(name, *each) for name, each in states.items()]
    outputs: list[Port] = [("encoder_out", _REAL, [1, 1, width])]
    outputs += [(f"new_{name}", *each) for name, each in states.items()]
    one_layer = ("query_head_dims", "value_head_dims", "num_heads", "num_encoder_layers")
    notes = {"model_type": "zipformer2", "version": 1, "T": 45, "decode_chunk_len": 32,
             "encoder_dims": dims, "cnn_module_kernels": 3, "left_context_len": 2,
             **dict.fromkeys(one_layer, 1), "query_head_dims": 4, "value_head_dims": 4}  # fmt: skip
    axis = {"frame_axis": np.array([1], np.int64)}
    _save(folder / "encoder-epoch-1.onnx", graph, inputs, outputs, axis, notes)
    # The decoder: the syllable said last is not said again at once.
    said = -20 * np.eye(width, dtype=np.float32)
    said[0, 0] = 0
    graph = [
        _node("Gather", ["said", "y"], "each"),
        _node("ReduceSum", ["each", "frame_axis"], "out", keepdims=0),
    ]
    _save(folder / "decoder-epoch-1.onnx", graph, [("y", _INTEGER, ["N", 2])],
          [("out", _REAL, ["N", width])], {"said": said, **axis},
          {"vocab_size": width, "context_size": 2})  # fmt: skip
    both: list[Port] = [("encoder_out", _REAL, ["N", width]), ("out", _REAL, ["N", width])]
    _save(folder / "joiner-epoch-1.onnx", [_node("Add", ["encoder_out", "out"], "logit")], both,
          [("logit", _REAL, ["N", width])], {}, {"joiner_dim": width})  # fmt: skip


def _louder(
    features: str, width: int, *, axis: int, quiet: int = 0, loud: int = 1, raise_by: float = 0
) -> list[NodeProto]:
    """`frames`: symbol `loud` where the features are, on average, those of loud sound."""
    slope, rest = np.full((1, width), -9, np.float32), np.zeros(width, np.float32)
    slope[0, (quiet, loud)] = (0, 1)
    rest[:] = -9
    rest[[quiet, loud]] = (0, -_LOUD)
    raised = np.array(raise_by, np.float32)
    constants = {"mean_axis": np.array([axis]), "slope": slope, "rest": rest, "raised": raised}
    return [
        *(
            helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value))
            for name, value in constants.items()
        ),
        _node("ReduceMean", [features, "mean_axis"], "mean", keepdims=1),
        _node("Add", ["mean", "raised"], "higher"),
        _node("Relu", ["higher"], "power"),
        _node("MatMul", ["power", "slope"], "sloped"),
        _node("Add", ["sloped", "rest"], "frames"),
    ]


def _node(kind: str, inputs: list[str], output: str, **how: int) -> NodeProto:
    return helper.make_node(kind, inputs, [output], **how)


def _stacked(symbols: int) -> dict[str, object]:
    return {
        "vocab_size": symbols,
        "lfr_window_size": 7,
        "lfr_window_shift": 6,
        "neg_mean": ",".join(["0"] * _STACKED),
        "inv_stddev": ",".join(["1"] * _STACKED),
    }


def _tokens(folder: Path, symbols: Sequence[str]) -> None:
    lines = [f"{symbol} {number}\n" for number, symbol in enumerate(symbols)]
    (folder / "tokens.txt").write_text("".join(lines), encoding="utf-8")


def _save(
    path: Path,
    nodes: list[NodeProto],
    inputs: Sequence[Port],
    outputs: Sequence[Port],
    constants: Mapping[str, np.ndarray],
    notes: Mapping[str, object],
) -> None:
    weights = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, path.stem, _values(inputs), _values(outputs), weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(model, {key: str(value) for key, value in notes.items()})
    save(model, path)


def _values(each: Sequence[Port]) -> list[ValueInfoProto]:
    return [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in each]
