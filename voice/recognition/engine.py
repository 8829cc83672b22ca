"""Which engine hears with a model folder, and what it needs."""

from importlib.util import find_spec
from pathlib import Path

from voice.recognition.model_folder import check_model as check_vosk
from voice.recognition.onnx_folder import find
from voice.recognition.protocol import Recogniser, RecogniserMissing


def check(folder: Path) -> str:
    """The name of the engine that hears with this folder.

    Raises `RecogniserMissing`, in Chinese, when the model or the engine's package is missing.
    """
    model = find(folder)
    if model is None:
        check_vosk(folder)
        return "Vosk"
    if find_spec("sherpa_onnx") is None:
        raise RecogniserMissing(
            f"用 {folder.name} 听还要装 sherpa-onnx：请运行 .venv/bin/pip install -e '.[sherpa]'。"
        )
    return f"sherpa-onnx（{model.kind.value}）"


def open_engine(folder: Path, streams: int = 8) -> Recogniser:
    """Raises as `check`."""
    check(folder)
    model = find(folder)
    if model is not None:
        from voice.recognition.sherpa import SherpaRecogniser

        return SherpaRecogniser(model, streams)
    from voice.recognition.vosk import VoskRecogniser

    return VoskRecogniser(folder, streams)
