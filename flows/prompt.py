from pydantic import BaseModel, ConfigDict


class Prompt(BaseModel):
    """One thing to say, by name: the wording lives in `locales/<language>/messages.yaml`.

    >>> Prompt(key="readback", values={"place": "3幢2单元"}).key
    'readback'
    """

    model_config = ConfigDict(frozen=True)

    key: str
    """Name of the message in the catalogue."""
    values: dict[str, str | int] = {}
    """What the template fills in. Data, not wording: codes, numbers, the resident's own words."""
