"""
Words for the codes of the KPI audit, in the language in use.

The rules name controllers, fields, conditions and the like by short codes; a reader sees
these words instead.
"""

from __future__ import annotations

from kpikit.languages import noop

#: The demand of each rule in two or three words, for the heading of a narrow column.
RULE_NAMES = {
    "R01": noop("strategy"),
    "R02": noop("function of the role"),
    "R03": noop("serves a goal"),
    "R04": noop("goal and way"),
    "R05": noop("rep can move it"),
    "R06": noop("measured"),
    "R07": noop("easy to compute"),
    "R08": noop("realistic target"),
    "R09": noop("plain words"),
    "R10": noop("few"),
    "R11": noop("ranked"),
    "R12": noop("spread in time"),
    "R13": noop("shows in pay"),
    "R14": noop("reward, consequence"),
    "R15": noop("checked"),
    "R16": noop("agrees with plan"),
    "R17": noop("four groups"),
    "R18": noop("norms and cycle"),
    "R19": noop("own target"),
    "R20": noop("no copy"),
    "R21": noop("reviewed"),
    "R22": noop("history"),
    "R23": noop("seen by the rep"),
    "R24": noop("leads and product"),
    "R25": noop("short and long run"),
    "R26": noop("hard to game"),
    "R27": noop("quick to explain"),
}
SEVERITIES = {
    "info": noop("for information"),
    "minor": noop("minor"),
    "major": noop("major"),
    "critical": noop("critical"),
    "blocker": noop("blocks the rest"),
}
VERDICTS = {
    "fail": noop("not met"),
    "warn": noop("to look at"),
    "pass": noop("met"),
    "cannot_judge": noop("cannot be judged"),
}
STRATEGIES = {
    "ST0": noop("none stated"),
    "ST1": noop("capture the market"),
    "ST2": noop("grow revenue"),
    "ST3": noop("work more efficiently"),
    "ST4": noop("raise the margin, lower the cost"),
    "ST5": noop("volume and coverage"),
    "ST6": noop("one common goal"),
    "ST7": noop("stability and keeping customers"),
}
#: What belongs to a stated strategy.
STATED = {"main_goal": noop("the main goal"), "goal_horizon": noop("the date of the goal")}
FIELDS = {
    "unit": noop("unit"),
    "data_source": noop("source of the data"),
    "formula_text": noop("formula"),
    "definition": noop("meaning"),
    "example": noop("example"),
}
LANGUAGES = {
    "en": noop("English"),
    "ru": noop("Russian"),
    "hu": noop("Hungarian"),
    "other": noop("another language"),
    "mixed": noop("several languages"),
    "unknown": noop("language not recognised"),
}
CONDITIONS = {
    "target_leads": noop("Leads that fit the target group"),
    "loss_making": noop("Deals sold at a loss"),
    "refunds": noop("Refunds"),
    "complaints": noop("Complaints"),
}
#: Why nobody can say how much of a KPI the rep moves.
SPREAD_REASONS = {
    "no_values": noop("there are no values"),
    "too_few_reps": noop("fewer than two reps have values"),
    "too_few_periods": noop("fewer than three periods have values"),
    "confounded": noop("reps cannot be told apart from periods and conditions"),
    "few_reps": noop("fewer than five reps"),
}
#: What the share of the spread that stays with the rep means.
READINGS = {
    "controllable": noop("the rep moves it"),
    "too_noisy": noop("mostly chance: keep it out of monthly pay"),
    "territory": noop("territory or leads, not skill"),
    "not_informative": noop("does not tell reps apart"),
    "uncertain": noop("too wide to say: collect more months"),
}
PROPOSALS = {
    "keep": noop("keep"),
    "repair": noop("repair, then keep"),
    "merge": noop("merge"),
    "drop": noop("take out of the list"),
}
LINKS = {
    "linked": noop("goes with the plan"),
    "opposed": noop("goes against the plan"),
    "not_linked": noop("does not move the plan"),
    "unproven": noop("not proven"),
    "component": noop("part of the plan itself"),
    "cannot_judge": noop("cannot be judged"),
}
#: How a KPI of the catalogue was found.
METHODS = {
    "exact": noop("by its name"),
    "abbreviation": noop("by an abbreviation"),
    "fuzzy": noop("by a similar name"),
    "formula": noop("by its formula"),
    "none": noop("nothing similar"),
}
#: Why reported values could not be computed again.
NOT_RECOMPUTED = {
    "no_formula": noop("no formula in the list and no sure match with the catalogue"),
    "not_by_rep": noop("the records do not name the rep"),
    "needs_shorter_periods": noop("needs periods shorter than a year"),
    "no_rows": noop("no records in the periods reported"),
}
CADENCES = {
    "daily": noop("every day"),
    "weekly": noop("every week"),
    "monthly": noop("every month"),
    "quarterly": noop("every quarter"),
    "unknown": noop("nobody knows how often"),
}
CONTACTS = {
    "call": noop("calls"),
    "meeting": noop("meetings"),
    "visit": noop("visits"),
    "demo": noop("demonstrations"),
    "chat": noop("chats"),
    "contact": noop("contacts"),
}
SPANS = {
    "day": noop("{contacts}: {n} a day"),
    "week": noop("{contacts}: {n} a week"),
    "month": noop("{contacts}: {n} a month"),
}
