"""What words mean in the residents' language, as the files in `locales/<language>/` list it."""

from typing import Literal, get_args

from pydantic import ConfigDict, RootModel

from flows.emergency_words import EmergencyExamples, EmergencyWords
from flows.words import Words

CODES = (
    "lighting",
    "elevator",
    "water_supply",
    "leak",
    "drain",
    "power",
    "gas",
    "building_damage",
    "road",
    "garbage",
    "odor_pollution",
    "noise",
    "parking",
    "ebike_charging",
    "fire_lane",
    "street_vending",
    "illegal_construction",
    "pets",
    "trees_green",
    "pests",
    "public_security",
    "neighbour_dispute",
    "property_service",
    "elderly_help",
    "health_help",
    "policy_question",
    "suggestion",
    "other",
)
"""The kinds of problem. Stable: tickets, routing and other systems hold them."""


class CategoryWords(Words):
    """One kind of problem."""

    label: str
    """Official name, as staff and pages show it."""
    spoken: str
    """As a resident would put it, to be read back and offered as a choice."""
    strong: tuple[str, ...] = ()
    """Words and symptoms that hardly mean anything else."""
    weak: tuple[str, ...] = ()
    """Words that point there among others."""
    anywhere: bool = False
    """It happens at no place: where is not asked."""
    examples: tuple[str, ...] = ()
    """How residents say it."""
    tickets: tuple[str, ...] = ()
    """How a city hotline's operators write it."""


class AnswerWords(Words):
    """Phrases of one short answer. `…` in a phrase stands for up to eight characters,
    `(a|b|)` for one of several, or nothing."""

    whole: tuple[str, ...] = ()
    """Count only when the utterance is made of nothing but these and fillers."""
    contains: tuple[str, ...] = ()
    """Count anywhere in a short utterance."""


class StepAnswers(Words):
    """What counts as yes and no only because of what was just asked."""

    yes: AnswerWords
    no: AnswerWords


class BehalfWords(Words):
    """“帮 … 妈 … 报”, in this order."""

    instead: tuple[str, ...]
    people: tuple[str, ...]
    doing: tuple[str, ...]
    particles: tuple[str, ...]


class CorrectionWords(Words):
    instead: tuple[str, ...]
    """Cues in front of the right value (“应该是 …”); what follows is it."""
    not_but: tuple[str, ...]
    """The “不是” of “不是 A 是 B”."""
    vague: tuple[str, ...]
    """Behind such a “不是” they say that it is wrong, not what: “不是这样”."""
    but: tuple[str, ...]
    """The “是” of “不是 A 是 B”."""
    contains: tuple[str, ...]
    """Phrases that announce a correction without its value."""
    relative: tuple[str, ...]
    """Places relative to the one read back (“对门”, “隔壁一幢”)."""
    value_end: tuple[str, ...]
    """Cues behind the right value (“四才对”)."""
    taking: tuple[str, ...]
    taken_for: tuple[str, ...]
    """The “把” and the “写成” of “把 B 写成 A”."""
    slots: dict[str, tuple[str, ...]]
    """Which words name which slot (`phone`, `place`, `category`, `time`, `name`)."""
    wrong: tuple[str, ...]
    """With a slot's word: that slot is wrong (“电话不对”)."""


class Answers(Words):
    fillers: tuple[str, ...]
    """Hesitations and particles that carry nothing."""
    negations: tuple[str, ...]
    """Directly in front of a phrase they turn it off (“不用转人工”)."""
    yes: AnswerWords
    weak_yes: AnswerWords
    no: AnswerWords
    person: AnswerWords
    is_it_a_machine: AnswerWords
    repeat: AnswerWords
    slower: AnswerWords
    louder: AnswerWords
    wait: AnswerWords
    stop: AnswerWords
    status: AnswerWords
    thanks: AnswerWords
    chat: AnswerWords
    complaint: AnswerWords
    """About the machine: said sorry for, a person offered, and led back."""
    asked: dict[str, StepAnswers]
    """By what was asked (`urgency`, `contact`, `place`, `resume`)."""
    besides: tuple[str, ...]
    """Between two problems in one breath."""
    behalf: BehalfWords
    turns: tuple[str, ...]
    """Behind a leading yes they take some of it back (“对，就是单元错了”)."""
    reserved: tuple[str, ...]
    """With a “修好了” they keep something back (“就是晚上吵”)."""
    dont_know: AnswerWords
    nothing_more: AnswerWords
    """No, in answer to “还有别的事吗”."""
    more: AnswerWords
    still_broken: AnswerWords
    """No, in answer to “修好了吗”."""
    solved: AnswerWords
    no_calls: AnswerWords
    """Said to one of our own calls: no more of them."""
    reported: AnswerWords
    """Of something told before, not of something new (“停电了什么时候来电”)."""
    recorded: AnswerWords
    """Said by a machine that takes calls in somebody's place."""
    urging: AnswerWords
    """Said of a ticket that stands, for whoever works on it (“快点催催”)."""
    choices: tuple[tuple[str, ...], ...]
    """How the first, second, third, fourth of the offered choices is picked by word."""
    correction: CorrectionWords
    full_stop: str
    """Punctuation is folded into this one character."""

    @property
    def plain(self) -> tuple[AnswerWords, ...]:
        """The lists that mean the same after most questions: who says nothing else is clear."""
        universal = (self.person, self.repeat, self.slower, self.louder, self.wait, self.stop)
        return (*universal, self.yes, self.weak_yes, self.no, self.thanks, self.chat)


class EndingWords(Words):
    """What a sentence does not end in: more is to come."""

    hesitations: tuple[str, ...]
    connectives: tuple[str, ...]
    dangling: tuple[str, ...]
    """Half of a phrase: a measure word, a preposition, a subject alone."""
    predicates: tuple[str, ...]
    """A finished clause about a matter has one of these; a mere name (“门口的垃圾”) has none."""


Answer = Literal[
    "yes", "weak", "no", "correction", "report", "status", "repeat", "slower", "louder", "person",
    "stop", "wait", "unknown", "thanks", "chat",
]  # fmt: skip
"""What a short answer may be: an intent, or `weak`, a yes that is no consent to build on."""
ANSWERS: tuple[str, ...] = get_args(Answer)
Asked = Literal["problem", "place", "urgency", "contact", "readback", "verdict", "filed", "resume"]


class AnswerExamples(RootModel[dict[Asked, dict[Answer, tuple[str, ...]]]]):
    """By what was asked, how people answer."""

    model_config = ConfigDict(frozen=True)


class NumberWords(Words):
    digits: dict[str, int]
    ten: tuple[str, ...]
    hundred: tuple[str, ...]
    syllables: dict[str, str]
    """Toneless pinyin of a numeral to its symbol (`0`…`9`, `T` ten, `H` hundred)."""
    joiners: tuple[str, ...]
    """Allowed between the digits of a long number."""


class PlaceWords(Words):
    building: tuple[str, ...]
    unit: tuple[str, ...]
    floor: tuple[str, ...]
    room: tuple[str, ...]
    mark: tuple[str, ...]
    """After a number: a building or a room, whichever is missing (“号”)."""
    district: tuple[str, ...]
    dash: tuple[str, ...]
    """Between the numbers of one address (“三杠二杠五零一”)."""
    between: tuple[str, ...]
    """May stand between the parts of one address (“四楼的那个四〇二”)."""
    measures: tuple[str, ...]
    """Behind a bare number: it counts something and is no address (“三天”, “五十块”)."""
    amount_before: tuple[str, ...]
    """In front of a bare number: the same (“今年八十二”)."""
    counted: tuple[str, ...]
    """In front of “一幢”: any house, not number one (“前面一幢”)."""
    counting: tuple[str, ...]
    """Numbers that count houses rather than name one (“两幢楼”)."""
    counted_after: tuple[str, ...]
    ordinal: tuple[str, ...]
    date_before: tuple[str, ...]
    """In front of “五号”: a day of the month."""
    date_after: tuple[str, ...]
    stopped_at: tuple[str, ...]
    """In front of a floor that a lift is at, or somebody goes to: not where the matter is."""
    denied: tuple[str, ...]
    """In front of an address: it is not this one."""
    taken_back: tuple[str, ...]
    """Behind an address: it is the next one (“三幢，哦不，四幢”)."""
    spelled: dict[str, str]
    """Characters that stand for two (“廿” for “二十”)."""
    gates: tuple[str, ...]
    """What a gate is called behind its side (“东|门”)."""
    gate_forms: tuple[str, ...]
    """How people call a gate, with `{}` for its side."""
    another_house: tuple[str, ...]
    """Behind an address and “对面”: a house that was not named (“三幢对面那幢”)."""
    our_estate: tuple[str, ...]
    """In front of “小区”: ours (“我们小区三幢”); anything else is another estate."""
    elsewhere: tuple[str, ...]
    """In front of an address: it is not in any estate of ours (“医院三号楼”)."""
    own_address: tuple[str, ...]
    """In front of an address: who speaks (“我住三幢”)."""
    common: str
    """Characters too common to be taken lightly for a misheard number."""
    syllables: dict[str, str]
    """Pinyin of misheard suffixes to `B` building, `U` unit."""
    building_name: str
    """The building's number as the gazetteer writes it, with `{}` for the number."""
    unit_name: str
    floor_name: str
    room_name: str
    home: tuple[str, ...]
    """The resident's own flat."""
    home_stair: tuple[str, ...]
    """The stairs or unit of the resident's own flat."""
    home_house: tuple[str, ...]
    """Their house."""
    shared: tuple[str, ...]
    """Behind “我家”: outside the flat (“我家门口”)."""
    indoor: tuple[str, ...]
    """Spots every building has: alone they do not say where."""
    outdoor: tuple[str, ...]
    """Spots that say where well enough for somebody to go and look."""
    around: tuple[str, ...]
    """Behind a spot: part of its description (“门口”, “旁边”)."""
    route: tuple[str, ...]
    """Behind a place: the way on from there (“进来”, “左手”)."""
    estate_kinds: tuple[str, ...]
    """Ends of estates' names that people leave out."""
    confusable: tuple[tuple[str, str], ...]
    """Initials or finals that accents and recognisers mix up."""
    contrast: tuple[str, ...]
    """Characters that tell neighbours apart (“东西南北”): none is taken for another."""


class TimeWords(Words):
    until_now: tuple[str, ...]
    """It has not ended (“从昨天下午开始”, “早上七点到现在”)."""
    days: dict[str, int]
    """“昨天” → −1."""
    spans: dict[str, tuple[float, float]]
    """“前几天” → days before now: from, to."""
    hours: dict[str, tuple[int, int]]
    """“夜里” → hours of the day, from and to; past 24 is the next day."""
    clock: tuple[str, ...]
    """Behind a number: o'clock."""
    ago: dict[str, float]
    """Unit after a number of them → days (“三天了”, “两个月”)."""
    weekdays: dict[str, int]
    """“礼拜天” → 6."""
    last_week: tuple[str, ...]
    holidays: dict[str, str]
    """“国庆” → the holiday's name in `chinese_calendar`."""


class MatterWords(Words):
    """What tells whether two residents speak of the same matter."""

    objects: dict[str, tuple[str, ...]]
    """Things a report is about; words of one entry mean the same thing."""
    spots: dict[str, tuple[str, ...]]
    """Parts of a place that are different places (`stair`, `outside`, `flat`)."""
    common: tuple[str, ...]
    """Everybody's: then the room of who reports it does not matter."""
    personal: frozenset[str]
    """Categories in which everybody has a matter of their own."""
    hours: dict[str, float]
    """How long after a report a second one may still mean it, by category, with `default`."""


class ExpectedWords(Words):
    """What is probably said when a question was just asked, for whoever listens for it."""

    answer: tuple[str, ...]
    carriers: tuple[str, ...]
    """Around an address."""
    building: tuple[str, ...]
    """Behind a house number."""
    digits: tuple[str, ...]


class Lexicon(Words):
    categories: dict[str, CategoryWords]
    nothing: tuple[str, ...] = ()
    """Examples of what is said without reporting anything: greetings, places, answers."""
    answers: Answers
    answer_examples: AnswerExamples
    endings: EndingWords
    emergency: EmergencyWords
    emergency_examples: EmergencyExamples
    numbers: NumberWords
    places: PlaceWords
    times: TimeWords
    matters: MatterWords
    expected: ExpectedWords
