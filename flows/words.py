"""Lists of words, as files in `locales/<language>/` hold them."""

from pydantic import BaseModel, ConfigDict


class Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def __hash__(self) -> int:
        # By identity: compiled matchers are cached per lexicon, and there is one per service.
        return id(self)
