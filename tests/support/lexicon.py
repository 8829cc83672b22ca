"""The packaged lexicon, made small so that a test learns from it in no time."""

from flows.lexicon import Lexicon
from locales.load import load_lexicon


def few_examples(each: int = 4) -> Lexicon:
    """The first examples of each category, and no tickets."""
    lexicon = load_lexicon()
    short = {
        code: words.model_copy(update={"examples": words.examples[:each], "tickets": ()})
        for code, words in lexicon.categories.items()
    }
    return lexicon.model_copy(update={"categories": short})
