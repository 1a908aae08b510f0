"""The company's own templates: read as they are stored, and failures to use them recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.catalogue.spec.messages import MESSAGE
from models.registry import catalogue_entries, settings
from models.registry.catalogue_entries import audit_subject
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.wording.messages import MessageKey

UNUSABLE = "message.unusable"


@dataclass(frozen=True)
class TemplateFailure:
    """A template that could not be used, so that the standard words were sent."""

    key: MessageKey
    field: str
    error: str


@dataclass(frozen=True)
class CompanyTemplates:
    """The templates by message and field ("subject", "text"); else the standard words hold."""

    templates: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    failures: list[TemplateFailure] = field(default_factory=list, compare=False)
    """Filled while cards are drawn; `record_failures` records them."""

    def of(self, key: MessageKey, name: str) -> str | None:
        """The template of a field; None where the company has none."""
        template = self.templates.get(key, {}).get(name)
        return template if isinstance(template, str) else None


NO_TEMPLATES = CompanyTemplates()


def read_templates(case: Case) -> CompanyTemplates:
    """The workspace's templates as they are now."""
    templates = catalogue_entries.stored_entries(case, MESSAGE)
    return CompanyTemplates(templates) if templates else NO_TEMPLATES


def record_failures(out: Outcome, templates: CompanyTemplates) -> None:
    """Record in the audit trail which templates could not be used, once for each field and error."""
    for failure in templates.failures:
        setting = f"{UNUSABLE}:{failure.key}:{failure.field}"
        if settings.read_setting(out.case, setting) == failure.error:
            continue
        if settings.lock_setting(out, setting) != failure.error:  # several cards are drawn at the same moment
            settings.write_setting(out, setting, failure.error)
            about = audit_subject(MESSAGE, failure.key)
            out.record(SYSTEM, UNUSABLE, about, field=failure.field, error=failure.error)
