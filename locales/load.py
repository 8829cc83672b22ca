"""The community's profile, from a YAML file people can read and edit."""

from pathlib import Path

from flows.community import Community
from flows.gazetteer import Gazetteer
from flows.lexicon import CODES, Lexicon
from flows.profile import Profile
from flows.report import Urgency
from flows.understanding.emergency import Emergencies
from flows.understanding.frames import FrameError
from locales.built import answer_model, category_model, second_opinion
from locales.read import DEMO, HERE, ProfileError, build_model, read_yaml
from locales.words import load_lexicon, with_words_of

__all__ = [
    "DEMO",
    "HERE",
    "ProfileError",
    "load_community",
    "load_lexicon",
    "load_profile",
    "read_yaml",
]


def load_community(path: Path | None = None, language: str = "zh_CN") -> Community:
    """The community of a profile file; without one, the packaged, invented demo community.

    Raises `ProfileError`.
    """
    source = path or DEMO
    profile = load_profile(path)
    lexicon = with_words_of(profile, load_lexicon(language), source)
    return Community(
        profile=profile,
        gazetteer=Gazetteer(profile, lexicon.places, lexicon.numbers),
        lexicon=lexicon,
        categories=category_model(lexicon),
        answers=answer_model(lexicon),
        emergencies=_emergencies(lexicon, language),
    )


def _emergencies(lexicon: Lexicon, language: str) -> Emergencies:
    try:
        return Emergencies(lexicon, second_opinion(lexicon))
    except FrameError as error:
        source = HERE / language / "emergency.yaml"
        wrong = f"词组 {error.group} 不在 words 里" if error.group else "有一处是空的"
        raise ProfileError(f"{source}: “{error.phrase}”写法有误：{wrong}。") from None


def load_profile(path: Path | None = None) -> Profile:
    """The profile alone, in no time. Raises `ProfileError`."""
    source = path or DEMO
    profile = build_model(Profile, read_yaml(source), source)
    _check(profile, source)
    return profile


def _check(profile: Profile, source: Path) -> None:
    """What the model alone cannot see: names that must be unique, references that must exist."""
    seen: set[str] = set()
    for estate in profile.places:
        if estate.id in seen:
            raise ProfileError(f"{source}: places 里有两个 id “{estate.id}”；请改其中一个。")
        seen.add(estate.id)
        names = [building.name for building in estate.all_buildings()]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ProfileError(f"{source}: “{estate.name}”里“{twice}”写了两次；请删掉一个。")
    organisations = {organisation.id for organisation in profile.organisations}
    categories = {*CODES, "default"}
    for code, target in profile.routing.items():
        if code not in categories:
            raise ProfileError(
                f"{source}: routing 里的“{code}”不是问题类别；"
                f"可用的有 {'、'.join(sorted(categories))}。"
            )
        if target != "community" and target not in organisations:
            raise ProfileError(
                f"{source}: routing.{code} 指向的“{target}”不在 organisations 里；请补上或改正。"
            )
    known = categories | set(Urgency)
    for name in profile.follow_up.deadlines:
        if name not in known:
            raise ProfileError(
                f"{source}: follow_up.deadlines 里的“{name}”不是问题类别，也不是"
                f"{'、'.join(Urgency)}；请改正。"
            )
    if profile.follow_up.close_after <= profile.follow_up.ask_again_after:
        raise ProfileError(
            f"{source}: follow_up.close_after 要比 ask_again_after 大，再问过以后才能办结。"
        )
