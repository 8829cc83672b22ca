"""Everything a turn needs to know of the community, fixed while the service runs."""

from dataclasses import dataclass

from flows.gazetteer import Gazetteer
from flows.lexicon import Lexicon
from flows.profile import Profile
from flows.understanding.category import CategoryModel
from flows.understanding.emergency import Emergencies
from flows.understanding.leaning import AnswerModel


@dataclass(frozen=True)
class Community:
    """Third argument of `step()`; built once by `locales.load.load_community`."""

    profile: Profile
    gazetteer: Gazetteer
    """The profile's places, indexed for finding them in what was said."""
    lexicon: Lexicon
    """What words mean in the residents' language: categories, answers, emergencies, numbers."""
    categories: CategoryModel
    """Tells the kinds of problem apart; learned from the lexicon's examples."""
    answers: AnswerModel
    """Tells what a short answer leans to."""
    emergencies: Emergencies
    """Finds danger to life."""
