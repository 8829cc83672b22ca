from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from voice.models.catalogue import KOKORO_MODEL
from voice.synthesis import kokoro_model
from voice.synthesis.kokoro_halves import halves
from voice.synthesis.kokoro_model import KokoroModel


@pytest.mark.models
def test_leaving_out_the_silence_leaves_the_syllables_as_they_are(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the weights, syllables sink by 5 dB on average, soft ones by 20."""
    model = KokoroModel(models)
    quick = _levels(model, "三幢，")
    monkeypatch.setattr(kokoro_model, "_AROUND", 1000)
    whole = _levels(model, "三幢，")
    assert abs(len(quick) - len(whole)) <= 1
    length = min(len(quick), len(whole))
    differences = (quick[:length] - whole[:length])[whole[:length] > whole.max() - 25]
    assert abs(np.mean(differences)) < 1
    assert np.std(differences) < 2.5


def _levels(model: KokoroModel, text: str) -> np.ndarray:
    """dB in each 25 ms."""
    samples = np.frombuffer(model.speak(text, "zf_xiaobei", 1.0).pcm, "<i2") / 32768
    frames = samples[: len(samples) // 600 * 600].reshape(-1, 600)
    return np.asarray(20 * np.log10(np.sqrt((frames**2).mean(axis=1)) + 1e-5))


def test_another_graph_is_refused(tmp_path: Path) -> None:
    value = helper.make_tensor_value_info("tokens", TensorProto.INT64, [1])
    out = helper.make_tensor_value_info("audio", TensorProto.INT64, [1])
    node = helper.make_node("Identity", ["tokens"], ["audio"])
    (tmp_path / KOKORO_MODEL).parent.mkdir()
    onnx.save(
        helper.make_model(helper.make_graph([node], "other", [value], [out])),
        tmp_path / KOKORO_MODEL,
    )
    with pytest.raises(ValueError, match="style"):
        halves(tmp_path / KOKORO_MODEL)
