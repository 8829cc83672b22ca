from pathlib import Path

from voice.models.catalogue import MODELS
from voice.models.status import State, state_of
from voice.recognition.protocol import RecogniserMissing

_NEEDED = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "ivector/final.ie")
_GRAPHS = (("graph/HCLr.fst", "graph/Gr.fst"), ("graph/HCLG.fst",))
"""Small models have the graph in two parts, large ones in one."""


def check_model(folder: Path) -> None:
    """Look at a Vosk model before Vosk does: it prints to stderr and may end the process.

    Raises `RecogniserMissing` with a line that says what to do.
    """
    if not folder.is_dir():
        raise RecogniserMissing(f"没有语音识别模型 {folder}。请运行 linsheng models fetch。")
    graph = next((names for names in _GRAPHS if (folder / names[0]).exists()), _GRAPHS[0])
    for name in (*_NEEDED, *graph):
        path = folder / name
        try:
            empty = path.stat().st_size == 0
        except OSError:
            empty = True
        if empty:
            raise _broken(f"{path} 没有或是空的", folder)
    for file in (file for model in MODELS for file in model.files):
        # A graph of wrong bytes takes the process down, so the ones we know are read (0.1 s).
        if file.unpack_to == folder.name and state_of(file, folder.parent) is not State.READY:
            raise _broken("文件内容不对", folder)


def takes_grammars(folder: Path) -> bool:
    """Only a graph in two parts can have another grammar put in its place."""
    return (folder / _GRAPHS[0][0]).exists()


def _broken(what: str, folder: Path) -> RecogniserMissing:
    return RecogniserMissing(
        f"语音识别模型坏了（{what}）。请再运行 linsheng models fetch，会重新下载 {folder}。"
    )
