"""Renders the callers' clips anew: `python -m tests.clips.render [NAME…]`.

What the callers in the tests and the demo say. Of several tries (voice, pace) the one is kept
that the recogniser understands best over a telephone line; `clips.tsv` says which it was.
"""

import sys
from pathlib import Path

from pypinyin import lazy_pinyin
from rapidfuzz.distance import Levenshtein

from voice.codecs import alaw_decode, alaw_encode, decode, encode_amr, encode_mp3, resample
from voice.recognition.vosk import VoskRecogniser
from voice.sound import Sound
from voice.synthesis.kokoro_model import KokoroModel

HERE = Path(__file__).parent
MODELS = HERE.parents[1] / ".linsheng" / "models"
LINES = {
    "report_lamp": "你好，我要报修。三幢二单元楼道里的灯不亮了，黑漆漆的看不见。",
    "yes": "对的，没错。",
    "yes_short": "对的。",
    "no": "不对。",
    "correct_building": "不对，不是三幢，是四幢。",
    "no_more": "没有了，谢谢。",
    "status_lamp": "我想问一下，楼道里的灯修得怎么样了？",
    "person": "我要找人工。",
    "go_on": "要的，继续说。",
    "wechat_voice": "五幢一单元门口的下水道堵了，污水都冒上来了。",
    "emergency": "着火了，快来人啊！",
    "slow": "慢一点，再说一遍。",
    "place_only": "三幢二单元。",
    "problem_only": "楼道里的灯坏了，黑漆漆的。",
}
TRIES = [
    (speaker, pace)
    for speaker in ("zm_yunjian", "zf_xiaobei", "zf_xiaoni")
    for pace in (0.9, 0.8, 0.95, 0.85, 1.0)
]


def through_a_line(sound: Sound) -> Sound:
    """As it sounds after a telephone line, with half a second of quiet on both sides."""
    quiet = bytes(8000)
    pcm = quiet + resample(sound, 8000).pcm + quiet
    return Sound(alaw_decode(alaw_encode(pcm)), 8000)


def misheard(said: str, heard: str) -> float:
    """Share of the toneless syllables that were heard wrong."""
    wanted = lazy_pinyin("".join(c for c in said if c.isalpha()))
    return Levenshtein.distance(wanted, lazy_pinyin(heard)) / len(wanted)


def main(names: list[str]) -> None:
    voice, ears = KokoroModel(MODELS), VoskRecogniser(MODELS / "vosk-model-small-cn-0.22")
    table = HERE / "clips.tsv"
    rows = {}
    if table.exists():
        rows = {line.split("\t")[0]: line for line in table.read_text().splitlines()[1:]}
    for name in names or LINES:
        best = None
        for speaker, pace in TRIES:
            sound = voice.speak(LINES[name], speaker, pace)
            file = encode_mp3(sound)
            heard = ears.recognise(through_a_line(decode(file))).text
            wrong = misheard(LINES[name], heard)
            if name == "wechat_voice":
                heard_amr = ears.recognise(decode(encode_amr(sound))).text
                wrong = max(wrong, misheard(LINES[name], heard_amr))
            if best is None or wrong < best[0]:
                best = wrong, sound, heard, f"{speaker} {pace}"
            if wrong == 0:
                break
        assert best is not None
        wrong, sound, heard, how = best
        (HERE / f"{name}.mp3").write_bytes(encode_mp3(sound))
        if name == "wechat_voice":
            (HERE / f"{name}.amr").write_bytes(encode_amr(sound))
        rows[f"{name}.mp3"] = f"{name}.mp3\t{LINES[name]}\t{how}\t{heard}\t{wrong:.2f}"
        print(rows[f"{name}.mp3"], flush=True)
        table.write_text("\n".join(["file\ttext\tvoice\theard\tmisheard", *rows.values()]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
