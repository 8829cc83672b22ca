from pydantic import BaseModel, ConfigDict


class Numbers(BaseModel):
    """How numbers are said: spelt, as a quantity, as a place in a row."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    digits: dict[str, str]
    """For numbers that are spelt: 幺 for 1."""
    cardinals: tuple[str, ...]
    ten: str
    hundred: str
    thousand: str
    myriad: str
    two: str
    """Two of something, and in front of hundreds: 两."""
    point: str
    percent: str
    """`{number}` is put in."""
    span: str
    """Between the ends of a range: 到."""

    def spell(self, figures: str) -> str:
        """Digit by digit; whatever is no digit is left out."""
        return "".join(self.digits[char] for char in figures if char in self.digits)

    def year(self, figures: str) -> str:
        """Digit by digit, but 一 for 1."""
        return "".join(self.cardinals[int(char)] for char in figures)

    def cardinal(self, number: int) -> str:
        """0…99999999 as a place in a row, “第二”; above that digit by digit."""
        return self._said(number, self.cardinals[2])

    def count(self, number: int) -> str:
        """The same as a quantity: “两个”, “两百个”, but “十二个”."""
        return self.two if number == 2 else self._said(number, self.two)

    def decimal(self, figures: str, *, counting: bool = False) -> str:
        """`3.50` or `3`; what stands behind the point is read digit by digit."""
        whole, _, rest = figures.partition(".")
        said = (self.count if counting and not rest else self.cardinal)(int(whole))
        return said + (self.point + self.year(rest) if rest else "")

    def _said(self, number: int, two: str) -> str:
        if number > 99_999_999:
            return self.spell(str(number))
        if number < 10:
            return self.cardinals[number]
        if number < 20:
            return self.ten + (self.cardinals[number - 10] if number > 10 else "")
        if number >= 10_000:
            head, rest = divmod(number, 10_000)
            said = (two if head == 2 else self._said(head, two)) + self.myriad
            gap = self.cardinals[0] if 0 < rest < 1000 else ""
            return said + gap + (self._below(rest, two) if rest else "")
        return self._below(number, two)

    def _below(self, number: int, two: str) -> str:
        """Under ten thousand, a ten of it with its 一."""
        said, zero = "", False
        for size, name in ((1000, self.thousand), (100, self.hundred), (10, self.ten), (1, "")):
            digit, number = divmod(number, size)
            if digit:
                large = size >= 100 and digit == 2
                said += self.cardinals[0] if zero else ""
                said += (two if large else self.cardinals[digit]) + name
                zero = False
            elif said and number:
                zero = True
        return said
