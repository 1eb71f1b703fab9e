"""A new engagement folder: commented settings, workbooks to fill in, raw files, notebooks."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat

from kpikit.engagement import FILE_NAME
from kpikit.errors import EngagementError
from kpikit.places import notebooks_dir, workbook_dir

STARTER = """\
# kpikit engagement: one client, one audit. Lines that begin with # are comments.
# Numbers may carry their evidence:  selling_share: {value: 0.55, grade: B, source: "diary, March"}
# Grades: A measured, B stated by the client, C benchmark, D assumed. Shares run from 0 to 1.

client: "New client"
languages: [en, ru, hu]
as_of: 2026-01-01T00:00:00        # instant of the data: open deals are open *then*
zone: Europe/Budapest             # zone of the business and of files without an offset
currency: EUR
fiscal_year_start: 1
# history_start: 2024-07-01       # first day from which the stage history is complete
strategy: ST0                     # ST1 capture the market ... ST7 keep and renew; ST0 none stated
# main_goal: "60 m of new business"
# goal_horizon: "end of 2027"
seed: 1

plan:
  start: 2026-01
  months: 12
  target: 1000000                 # of the whole period; or target_by_month, or from_table: true
# target_by_month:
#   2026-01: {A: 50000, B: 30000}

team:
  reps: 4                         # leave out when a staff list is among the files
# roles: {sdr: 1, rep: 3}         # head count by role; funnel stages name the role that works them
  ramp: [0.3, 0.6, 1.0]           # productivity in the 1st, 2nd, 3rd month after hiring
  attrition_per_month: 0.0
  hiring_lead_months: 2

working_time:
  calendar: HU                    # country of the working calendar; moved days are known
  hours_per_day: 8
  leave_days: 20
  sick_days: 5
  training_days: 4
  selling_share: 0.5              # part of the working day spent with customers and for them
# overrides: {2026-12-24: 0}      # working hours of single days

# Existing customers and new business, by segment.
segments:
  - name: A
    customers: 20
    renewal: {rate: 0.9, value: 20000}           # due: contracts that end; default: all customers
    cross_sell: {rate: 0.2, value: 8000}
    retention: {contacts_per_year: 12, minutes: 30}
    cross_sell_contacts: {contacts_per_year: 4, minutes: 45}
    new_deal_value: 25000

# The funnel. What is left out here is measured from the files, where they tell.
funnel:
  stages:
    - {id: lead, name: Lead, role: rep}
    - {id: proposal, name: Proposal, role: rep}
    - {id: contract, name: Contract, role: rep}
# evidence: 300                   # number of deals behind stated rates
# leads_limit_per_month: 150      # when leads cannot be had at will

thresholds:
  plan_probability: 0.8           # "the plan is met" means with this probability
  contact_seconds: 20             # a call this long is a contact
  wrap_minutes: 4                 # after each contact
  n_min: 5                        # smaller groups are not compared

# How the 68 KPIs are measured (`kpikit kpis` prints them and their settings), and KPIs of the
# client's own as expressions over the canonical columns.
# kpis:
#   parameters: {revenue_basis: invoice, active_days: 180}
#   own:
#     - {id: OWN1, name: Big deals, unit: share,
#        expression: 'count(deals, where=deals.amount_base > 500000) / count(deals)'}
# Targets as the client says them. A growth needs its base: previous_month, same_month_last_year,
# previous_quarter, same_quarter_last_year or previous_year; or an amount over a number of months.
# targets:
#   - {growth: 0.10, base: same_quarter_last_year}
#   - {of: K43, amount: 60, months: 3}             # a KPI that is counted or added up
# pay:                              # the rules of pay come from a file, see pay_rules below
#   potential: {r1: 1200000, r2: 800000}           # of the territory of each rep, in any one unit
#   over_assignment: 0.05           # rep targets together above the company's, as agreed
# The audit of the client's KPI list: functions of the roles, limits that differ from ours, rules
# that do not apply, one common goal instead of personal KPIs.
# audit:
#   functions: {rep: [prospecting, closing, renewals]}
#   limits: {plan_met: 0.95, kpi_minutes: 5}
#   pay_scheme: individual
#   switched_off: [R27]
# store: duckdb                    # or postgresql, clickhouse, spark://host:7077, warehouse/
# working_language: ru             # in which the team works, for names of KPIs

privacy:
  rep_names: false                # reports show pseudonyms

# Raw files, below this folder. `columns` maps our names to the file's headings.
files: []
#  - path: raw/deals.csv
#    table: deals
#    columns: {deal_id: ID, created_at: Created, closed_at: Closed, status: Status, amount: Amount,
#              owner_name: Owner, stage_name: Stage, segment: Segment}
#    values: {status: {Won: won, Lost: lost, Open: open}}
#  - path: raw/calls.csv.gz
#    preset: bitrix24_calls
#  - path: raw/sales.csv           # lines of invoices; without a list of invoices these are made
#    table: order_lines            # from the lines. For returns `C*` means: begins with C
#    columns: {invoice_id: Document, doc_kind: Document, issued_on: Date, customer_name: Customer,
#              rep_name: Rep, product_id: Item, units: Quantity, amount: Amount, cost_base: Cost}
#    values: {doc_kind: {"C*": return, "*": invoice}}
#  - path: raw/kpi_workbook.xlsx   # kpi_workbook.<language>.xlsx beside this file, filled in by the
#    preset: kpi_workbook          # client: KPIs, their values, plan, pay rules and payroll
#  - path: raw/kpis.xlsx           # or the client's own list of KPIs; their values, pay rules and
#    table: kpis                   # what was paid go to kpi_facts, pay_rules and payroll
#    columns: {name: KPI, role: Role, formula_text: Formula, unit: Unit, weight_in_pay: "Weight, %"}
#  - path: raw/kpi_values.csv
#    table: kpi_facts
#    columns: {kpi_name: KPI, rep_name: Rep, period_start_on: From, period_end_on: To, value: Fact,
#              target: Plan}
# Other tables: customers reps rep_aliases stages stage_events activities invoices payments plans
# absences costs profits surveys tickets deliveries markets
"""


def write_starter(folder: Path) -> Path:
    """
    Write a commented engagement file, the workbooks to fill in and an empty ``raw`` folder.

    Workbooks that are there already stay.

    Raises
    ------
    EngagementError
        If there is one already: nothing is overwritten.
    """
    target = Path(folder) / FILE_NAME
    if target.exists():
        raise EngagementError([f"{target} exists already; edit it or name another folder"])
    (target.parent / "raw").mkdir(parents=True, exist_ok=True)
    for source in sorted(workbook_dir().glob("kpi_workbook.*.xlsx")):
        copy = target.parent / source.name
        if not copy.exists():
            shutil.copyfile(source, copy)
    target.write_text(STARTER, encoding="utf-8")
    return target


def copy_notebooks(folder: Path) -> Path:
    """
    Copy the chapter notebooks into an engagement, pointed at it.

    Notebooks that are there already are the consultant's work and stay.
    """
    place = Path(folder).resolve() / "notebooks"
    place.mkdir(parents=True, exist_ok=True)
    for source in sorted(notebooks_dir().glob("*.ipynb")):
        copy = place / source.name
        if copy.exists():
            continue
        shutil.copyfile(source, copy)
        notebook = nbformat.read(copy, as_version=4)
        for cell in notebook.cells:
            if "parameters" in cell.metadata.get("tags", []):
                lines = cell.source.split("\n")
                cell.source = "\n".join(
                    f'engagement_dir: str = "{Path(folder).resolve()}"  # engagement folder'
                    if line.startswith("engagement_dir")
                    else line
                    for line in lines
                )
        nbformat.write(notebook, copy)
    return place
