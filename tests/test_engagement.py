"""The engagement file: every mistake in the consultant's words, all of them at once."""

import re
import time
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from kpikit.engagement import Engagement, read_engagement
from kpikit.errors import EngagementError
from kpikit.places import sample_dir
from kpikit.starter import STARTER, copy_notebooks, write_starter

HEAD = """\
client: Acme
as_of: 2026-01-01T00:00:00
zone: Europe/Budapest
currency: EUR
"""


@pytest.fixture
def problems(tmp_path):
    """The problems that are found in an engagement file of this text."""

    def find(text):
        content = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "engagement.yml").write_bytes(content)
        with pytest.raises(EngagementError) as caught:
            read_engagement(tmp_path)
        return caught.value.problems

    return find


@pytest.fixture
def read(tmp_path):
    def read(text) -> Engagement:
        (tmp_path / "engagement.yml").write_text(text, encoding="utf-8")
        return read_engagement(tmp_path)

    return read


# --------------------------------------------------------------------------
# All problems at once
# --------------------------------------------------------------------------
def test_all_problems_come_together(tmp_path, problems):
    """Every mistake of one file is a sentence, those about files among them."""
    found = problems(
        HEAD.replace("Europe/Budapest", "Europe/Budapst")
        + """\
plan: {start: 2026-13, target: -5}
team: {ramp: [0.3]}
working_time: {selling_share: 42, calender: HU}
funnel: {stages: [{id: lead, conversion: 40}]}
segmants: []
files:
  - {path: raw/deals.csv, table: dealz}
  - {path: ../calls.csv, preset: bitrix24_call, colums: {}}
"""
    )

    assert found == [
        "zone: is not a time zone; did you mean Europe/Budapest? (found 'Europe/Budapst')",
        "plan.start: must be a month written as 2026-07 (found '2026-13')",
        "plan.target: must be greater than 0 (found -5)",
        "team: `ramp` lists shares from 0 to 1 by month and ends with 1.0",
        "working_time.selling_share: must be a share from 0 to 1; for 42 % write 0.42 (found 42)",
        "working_time.calender: unknown key `calender`; did you mean `calendar`?",
        "funnel.stages[1].conversion: must be a share from 0 to 1; for 40 % write 0.4 (found 40)",
        "files[2].colums: unknown key `colums`; did you mean `columns`?",
        "segmants: unknown key `segmants`; did you mean `segments`?",
        f"files[1] raw/deals.csv: no such file in {tmp_path}",
        "files[1] raw/deals.csv: unknown table `dealz`; did you mean `deals`?",
        "files[2] ../calls.csv: lies outside the engagement folder; copy it into "
        f"{tmp_path.name}/raw",
        "files[2] ../calls.csv: unknown preset `bitrix24_call`; did you mean `bitrix24_calls`?",
    ]


def test_the_error_counts_its_problems_and_names_the_file(tmp_path):
    (tmp_path / "engagement.yml").write_text(HEAD + "seed: -1\nrobot: []\n")

    with pytest.raises(EngagementError, match=r"engagement\.yml: 2 problems\n  - seed: .*-1") as e:
        read_engagement(tmp_path)

    assert "unknown key `robot`; did you mean `robots`?" in str(e.value)


# --------------------------------------------------------------------------
# One problem each
# --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("seed: 1\nseed: 2", "line 6: the key `seed` stands twice in one block"),
        ("team:\n  reps: 2\n  reps: 3", "line 7: the key `reps` stands twice in one block"),
        (
            "funnel: {lag_months: [0.5, 0.4]}",
            "funnel: `lag_months` is the share of wins by months since the first contact; "
            "it adds up to 0.9, not to 1",
        ),
        (
            "funnel: {lag_months: [1.5, -0.5]}",
            "funnel: `lag_months` lists shares from 0 to 1 by month",
        ),
        ("funnel: {stages: [{id: a}, {id: a}]}", "funnel: stage id used twice: a"),
        ("segments: [{name: A}, {name: B}, {name: A}]", "segment named twice: A"),
        (
            "plan: {start: 2026-01, target: 5, from_table: true}\n"
            "files: [{path: engagement.yml, table: plans}]",
            "plan: give exactly one of `target` (money of the whole period), `target_by_month`, "
            "or `from_table: true` (a file mapped to the table `plans`)",
        ),
        (
            "plan: {start: 2026-01, from_table: true}",
            "plan.from_table is true, but no file is mapped to the table `plans`",
        ),
        (
            "plan: {start: 2026-12, months: 2, target_by_month:\n"
            "  {2026-12: {A: 1}, 2027-02: {A: 1}}}",
            "plan: `target_by_month` must name the 2 months from 2026-12 on; missing: 2027-01; "
            "outside: 2027-02",
        ),
        (
            "team: {reps: 2, roles: {sdr: 1}}",
            "team: give `reps` (one role) or `roles` (head count by role), not both",
        ),
        (
            "team: {reps: 2}\nfunnel: {stages: [{id: a, role: sdr}, {id: b, role: ae}]}",
            "team: `reps` is one role, but the stages are worked by ae, sdr; "
            "give `roles` with the head count of each",
        ),
        ("team: {roles: {sdr: 0}}", "team.roles.sdr: must be greater than 0 (found 0)"),
        ("team: {reps: .inf}", "team.reps: must be a finite number (found inf)"),
        (
            "working_time: {selling_share: .nan}",
            "working_time.selling_share.value: must be a finite number (found nan)",
        ),
        (
            "working_time: {day_end: 18:00}",
            "working_time.day_end: must be text; put it in quotes (found 1080)",
        ),
        ("languages: [de]", "languages[1]: must be 'en', 'ru' or 'hu' (found 'de')"),
        ("languages: []", "languages: name at least one of en, ru, hu"),
        ("files: [{path: engagement.yml}]",
         "files[1] engagement.yml: name a `preset` or a `table`"),
        (
            "funnel: {stages: [{id: a, minutes: -3}]}",
            "funnel.stages[1].minutes: must be minutes of one contact, from 0 to 600 (found -3)",
        ),
        (
            "margin: {value: 0.4, grad: A}",
            "margin.grad: unknown key `grad`; did you mean `grade`?",
        ),
        ("1: x", "the key `1` is not text; put it in quotes"),
    ],
)  # fmt: skip
def test_a_mistake_is_a_sentence(problems, lines, sentence):
    assert problems(HEAD + lines + "\n") == [sentence]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file must hold `key: value` lines"),
        (b"- a\n- b\n", "the file must hold `key: value` lines"),
        ("client: Ромашка\n".encode("cp1251"), "the file is not UTF-8 text; save it as UTF-8"),
        (b"client: [Acme\n", "not valid YAML: expected ',' or ']'"),
        (b"client: a\x00b\n", "not valid YAML: special characters are not allowed"),
        (b"[" * 3000, "the blocks are nested too deeply"),
        (
            HEAD.replace("2026-01-01T00:00:00", "2026-02-30").encode(),
            "line 2, column 8: not valid YAML: '2026-02-30' is not a date",
        ),
        (
            HEAD.encode() + b"robots: !!python/object/apply:os.system ['true']\n",
            "line 5, column 9: not valid YAML: could not determine a constructor for the tag",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(problems, content, sentence):
    """Encodings, broken and hostile YAML; no tag makes anything but plain data."""
    (problem,) = problems(content)

    assert sentence in problem


def test_missing_keys_are_named(problems):
    assert problems("client: Acme\n") == [
        "as_of: is missing",
        "zone: is missing",
        "currency: is missing",
    ]


def test_missing_folder_says_what_to_run(tmp_path):
    with pytest.raises(EngagementError, match=r"no engagement\.yml in .*`kpikit new .*` writes"):
        read_engagement(tmp_path)


def test_blocks_that_refer_to_themselves_are_answered_at_once(problems):
    """Ten levels of tenfold references are 10**10 items when written out; one second is ample."""
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    started = time.monotonic()

    found = problems(HEAD + "\n".join(levels) + "\nclient: *a9\n")
    endless = problems(HEAD + "robots: &r [*r]\n")

    assert time.monotonic() - started < 1.0
    assert "client: must be text; put it in quotes (found a list)" in found
    assert endless == ["robots[1]: must be text; put it in quotes (found a list)"]
    assert max(map(len, found)) < 500


# --------------------------------------------------------------------------
# Files
# --------------------------------------------------------------------------
def test_files_stay_inside_the_folder(tmp_path, problems):
    """Neither a path upwards, nor an absolute one, nor a link leads out of the engagement."""
    outside = tmp_path.parent / f"{tmp_path.name}-outside.csv"
    outside.write_text("a\n")
    (tmp_path / "link.csv").symlink_to(outside)

    found = problems(
        HEAD
        + f"""\
files:
  - {{path: link.csv, table: deals}}
  - {{path: ../{outside.name}, table: deals}}
  - {{path: {outside}, table: deals}}
  - {{path: raw, table: deals}}
"""
    )

    assert ["lies outside the engagement folder" in item for item in found] == [True] * 3 + [False]
    assert "files[4] raw: no such file" in found[3]


# --------------------------------------------------------------------------
# What a good file becomes
# --------------------------------------------------------------------------
def test_plain_numbers_are_stated_by_the_client(read):
    """A plain number has grade B; evidence may be written beside it."""
    plain = read(HEAD + "margin: 0.3\n").margin
    graded = read(HEAD + 'margin: {value: 0.3, grade: A, source: "accounts", n: 12}\n').margin

    assert (plain.value, plain.grade, plain.source) == (0.3, "B", "")
    assert (graded.value, graded.grade, graded.source, graded.n) == (0.3, "A", "accounts", 12)


def test_frozen(read):
    engagement = read(HEAD + "team: {reps: 4}\n")

    with pytest.raises(ValidationError, match="frozen"):
        engagement.seed = 2
    with pytest.raises(ValidationError, match="frozen"):
        engagement.team.reps = 5


def test_as_of_without_offset_is_local_time(read):
    """Midnight of 1 July in Budapest is 22:00 UTC the day before (summer time)."""
    engagement = read(HEAD.replace("2026-01-01T", "2026-07-01T"))

    assert engagement.as_of_utc == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_a_byte_order_mark_does_not_hurt(tmp_path):
    (tmp_path / "engagement.yml").write_bytes(b"\xef\xbb\xbf" + HEAD.encode())

    assert read_engagement(tmp_path).client == "Acme"


def test_plan_months_cross_the_year(read):
    plan = read(HEAD + "plan: {start: 2025-11, months: 4, target: 1}\n").plan

    assert plan.month_names == ("2025-11", "2025-12", "2026-01", "2026-02")


@pytest.mark.parametrize("case", ["client", "golden/g4_four_reps", "golden/ex5_cascade",
                                  "golden/g9_funnel"])  # fmt: skip
def test_the_samples_are_valid(case):
    assert read_engagement(sample_dir() / case).client


# --------------------------------------------------------------------------
# kpikit new
# --------------------------------------------------------------------------
def test_the_starter_is_valid_and_has_a_place_for_files(tmp_path):
    engagement = read_engagement(write_starter(tmp_path / "acme"))

    assert engagement.client == "New client"
    assert (tmp_path / "acme" / "raw").is_dir()


def test_every_line_offered_by_the_starter_is_valid(tmp_path):
    """A consultant who takes the comment sign away gets settings that are read.

    A setting at the margin stands there as "# key", one inside a section as "# key" too but in
    place of its two spaces, a line of a longer example as "#" in place of its first space.
    """
    top = "history_start|main_goal|goal_horizon|kpis|targets|pay|audit|store|working_language"
    text = re.sub(rf"^# ({top}):", r"\1:", STARTER, flags=re.MULTILINE)
    others = "target_by_month|roles"  # "instead of" the line above them
    text = re.sub(rf"^# (?!{others})([a-z_]+:)", r"  \1", text, flags=re.MULTILINE)
    text = re.sub(r"^#  (?! 2026-01)", "   ", text, flags=re.MULTILINE)
    text = text.replace("files: []", "files:")
    write_starter(tmp_path)
    (tmp_path / "engagement.yml").write_text(text, encoding="utf-8")
    names = ("deals.csv", "calls.csv.gz", "sales.csv", "kpi_workbook.xlsx", "kpis.xlsx",
             "kpi_values.csv")  # fmt: skip
    for name in names:
        (tmp_path / "raw" / name).write_bytes(b"")

    engagement = read_engagement(tmp_path)

    assert [raw.path for raw in engagement.files] == [f"raw/{name}" for name in names]
    assert engagement.funnel.leads_limit_per_month == 150
    assert [kpi.id for kpi in engagement.kpis.own] == ["OWN1"]
    assert engagement.audit.switched_off == ("R27",)
    assert [own.id for own in engagement.kpis.own] == ["OWN1"]
    assert [target.of for target in engagement.targets] == ["revenue", "K43"]
    assert engagement.pay.potential == {"r1": 1200000, "r2": 800000}


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({"growth": 0.1, "amount": 5.0}, "give either `growth` with its `base`"),
        ({}, "give either `growth` with its `base`"),
        ({"amount": 5.0, "base": "previous_quarter"}, "`base` belongs to a `growth`"),
        ({"growth": 0.1, "base": "last_quarter"}, "targets[1].base"),
    ],
)
def test_a_target_is_a_growth_or_an_amount(engagement_of, target, said):
    folder = engagement_of("g4_four_reps", targets=[target])

    with pytest.raises(EngagementError, match=re.escape(said)):
        read_engagement(folder)


def test_a_growth_without_its_base_is_read_and_asked_about_later(engagement_of):
    """The client's words are kept; the report says what to ask."""
    assert (
        read_engagement(engagement_of("g4_four_reps", targets=[{"growth": 0.1}])).targets[0].base
        is None
    )


def test_the_starter_overwrites_nothing(tmp_path):
    (tmp_path / "engagement.yml").write_text("mine")

    with pytest.raises(EngagementError, match="exists already; edit it or name another folder"):
        write_starter(tmp_path)

    assert (tmp_path / "engagement.yml").read_text() == "mine"


def test_notebooks_are_copied_once_and_point_at_the_engagement(tmp_path):
    """A notebook that the consultant has changed stays as it is."""
    place = copy_notebooks(tmp_path)
    first = sorted(place.glob("*.ipynb"))[0]
    assert str(tmp_path) in first.read_text(encoding="utf-8")
    first.write_text("changed")

    copy_notebooks(tmp_path)

    assert first.read_text() == "changed"


@pytest.mark.parametrize(
    "line, sentence",
    [
        ("limits: {kpi_minute: 5}", "`kpi_minute` is not a limit; did you mean `kpi_minutes`"),
        ("limits: {kpi_limit: 7}", "`kpi_limit` stands under `thresholds`"),
        ("limits: {churn: many}", "`churn`: must be a number, not 'many'"),
        ("limits: {churn: -1}", "churn is -1.0, must be 0 or more"),
        ("switched_off: [R28]", "no rule R28; there are R01 to R27"),
        ("pay_scheme: everybody", "pay_scheme"),
    ],
)
def test_settings_of_the_audit_are_checked(problems, line, sentence):
    """A misspelt limit would leave the default in force without a word."""
    assert sentence in " ".join(problems(f"{HEAD}audit:\n  {line}\n"))


def test_limits_of_the_audit_come_from_both_places(tmp_path):
    """What the measures use too stands under thresholds, the rest under audit."""
    text = f"{HEAD}thresholds: {{kpi_limit: 6}}\naudit: {{limits: {{plan_met: 0.9}}}}\n"
    (tmp_path / "engagement.yml").write_text(text)

    limits = read_engagement(tmp_path).audit_limits

    assert (limits.kpi_limit, limits.plan_met, limits.kpi_aim) == (6, 0.9, 3)
