"""Templates that would take all memory or all time, in a process that has little of both."""

import json
import subprocess
import sys
from pathlib import Path

from blocks.cards.render_template import TEXT_LIMIT

ROOT = Path(__file__).parents[2]
GREEDY = "{{ app.center(999999999) }}"
HEAVY = [
    GREEDY,
    "{{ 'a' * 900000000 }}",
    "{{ 'a' * 9e8 }}",
    "{{ 'a'.center(999999999) }}",
    "{{ app|center(999999999) }}",
    "{{ app|indent(999999999) }}",
    "{{ app|replace('G', 'x' * 999999999) }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '%999999999s'|format(1) }}",
    "{{ '{:>999999999}'.format(1) }}",
    "{{ 'a'.ljust(999999999) }}{{ 'a'.zfill(999999999) }}",
    "{{ 9 ** 9 ** 9 ** 9 }}",
    "{{ 2 ** 9999999999 }}",
    "{{ 1 << 9999999999 }}",
    "{{ range(999999999)|list }}",
    "{{ [0] * 999999999 }}",
    "{{ (1, 2) * 999999999 }}",
    "{{ lipsum(n=999999) }}",
    "{{ cycler('a')|list }}",
    "{{ app|batch(999999999, 'x')|list }}",
    "{{ app|wordwrap(1, wrapstring='x' * 99999999) }}",
    "{{ app|urlize }}{{ app|pprint }}{{ app|tojson }}",
    "{% for a in range(99999) %}" * 3 + "x" + "{% endfor %}" * 3,
    "{% for a in app recursive %}{{ loop(app) }}{% endfor %}",
    "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "{% set x = 'a' * 999999999 %}{{ x }}",
    "{% set x = app ~ app %}{% set x = x ~ x %}{{ x }}",
    "{% with x = 'a' * 999999999 %}{{ x }}{% endwith %}",
    "{% filter center(999999999) %}x{% endfilter %}",
    "{% call m() %}{% endcall %}",
    "{% include 'x' %}",
    "{% extends 'x' %}",
    "{% import 'x' as y %}",
    "{{ self.__init__.__globals__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ app.__class__ }}",
    "{{ app['__class__'] }}",
    "{{ app|attr('__class__') }}",
    "{{ namespace(a=1) }}",
    "{{ joiner }}{{ dict(a=1) }}",
    "{{ " + "(" * 900 + "app" + ")" * 900 + " }}",
    "{{ " + "not " * 450 + "app }}",
    "{{ " + "-" * 1900 + "1 }}",
    "{{ app" + "|upper" * 300 + " }}",
    "{{ " + "[" * 900 + "]" * 900 + " }}",
    "{% if app %}" * 100 + "{% endif %}" * 68,
    "{% if app %}" * 80 + "{% endif %}" * 80,
    "{% if app " + "or app " * 250 + "%}{% endif %}",
    "{{ " + "9" * 1990 + " }}",
    "{{ 1e999999 }}",
    "{% if status in 'a' * 999999999 %}{% endif %}",
    "{{ app if range(99999999)|sum else '' }}",
    "{#" * 1000,
    "{{" * 1000,
    "{%" * 1000,
    "{% raw %}" * 220,
    "x" * 3_000_000,
    "\n" * 3000 + "{{ app }}",
]
HARMLESS = [
    "{{ reason }}" * 160,
    "{% if app %}" + "{% elif app %}" * 130 + "{% endif %}",
    "<!channel>" * 200,
    "{% raw %}{% for %}{% endraw %}",
    "x" * 2000,
]


def test_no_template_takes_memory_or_time() -> None:
    templates = {"ours": [*HEAVY, *HARMLESS], "jinja": [GREEDY, "{{ app }}"]}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.blocks.template_limits"],
        input=json.dumps(templates), capture_output=True, text=True, cwd=ROOT, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    found = json.loads(ran.stdout)
    refused, said = found["ours"][: len(HEAVY)], found["ours"][len(HEAVY) :]
    assert [one for one, what in zip(HEAVY, refused, strict=True) if not str(what).startswith("Line ")] == []
    assert all(isinstance(one, int) and one <= TEXT_LIMIT + 1 for one in said), said
    assert found["jinja"] == ["MemoryError", 6], "the limits are felt where our grammar does not stand before"
