"""Run by itself, with little memory and little time: a hostile template is refused, or says little.

Reads from stdin, as JSON, the templates for "ours" and those for "jinja" (its sandbox alone), and prints in
the same way what became of each: the refusal's sentence, or how long it is what it said.
"""

import json
import resource
import sys
from collections.abc import Mapping
from pathlib import Path

from jinja2.sandbox import ImmutableSandboxedEnvironment

from blocks.admin.forms.message_example import ExamplePeople, example
from blocks.cards import template_values
from blocks.cards.render_template import Value, render
from models.queries.stories import RequestStory
from models.registry.company_templates import CompanyTemplates
from models.wording.grammar import TemplateError
from models.wording.messages import MessageKey
from tests.blocks.stories import ADA, GRACE, NOON

Facts = Mapping[str, Value]
SECONDS = 10
"""Of processor time, for all of them."""
MORE = 64 * 2**20
"""Bytes of memory above what it has once everything is imported."""


def main() -> None:
    """Take the limits, then the templates."""
    templates = json.load(sys.stdin)
    people = ExamplePeople(ADA, GRACE, {ADA: "Ada", GRACE: "Grace"})
    _, story = example(MessageKey.REJECTED, people, NOON, CompanyTemplates())
    assert isinstance(story, RequestStory)
    facts = dict(template_values.template_values(story, by_name=False))
    render(MessageKey.REJECTED, "{{ app }}", facts)
    _limit()
    ours = [_ours(one, facts) for one in templates["ours"]]
    sys.stdout.write(json.dumps({"ours": ours, "jinja": [_jinja(one, facts) for one in templates["jinja"]]}))


def _limit() -> None:
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MORE, held + MORE))
    used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    resource.setrlimit(resource.RLIMIT_CPU, (used + SECONDS, used + SECONDS))


def _ours(template: str, facts: Facts) -> str | int:
    try:
        return len(render(MessageKey.REJECTED, template, facts))
    except TemplateError as broken:
        return str(broken)


def _jinja(template: str, facts: Facts) -> str | int:
    try:
        return len(ImmutableSandboxedEnvironment().from_string(template).render(facts))
    except MemoryError:
        return "MemoryError"


if __name__ == "__main__":
    main()
