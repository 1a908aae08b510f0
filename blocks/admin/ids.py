"""The ids of the admin modals, and the references that they carry from one to the next."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

_MAX_DIGITS = 9
"""More than any list or version has, and few enough for every database."""


class AdminScreen(StrEnum):
    """Callback ids of the modals."""

    LIST = "admin_list"
    APP = "admin_app"
    NEW_APP = "admin_new_app"
    BASICS = "admin_basics"
    TIMES = "admin_times"
    ACCESS = "admin_access"
    STAGE = "admin_stage"
    RULES = "admin_rules"
    RULE = "admin_rule"
    EXAMPLES = "admin_examples"
    EXAMPLE = "admin_example"
    EMERGENCY = "admin_emergency"
    WOULD_ASK = "admin_would_ask"
    SETTINGS = "admin_settings"
    CONFLICTS = "admin_conflict_list"
    CONFLICT = "admin_conflict"
    MESSAGES = "admin_messages"
    MESSAGE = "admin_message"


class AdminAction(StrEnum):
    """Action ids. A button's value is the key of an app or an access, or an index in a list."""

    FIND_APP = "admin_find_app"
    OPEN_APP = "admin_open_app"
    ADD_APP = "admin_add_app"
    MORE_OF_APP = "admin_more_of_app"
    SETTINGS = "admin_open_settings"
    APPS_BACK = "admin_apps_back"
    APPS_ON = "admin_apps_on"
    EDIT_BASICS = "admin_edit_basics"
    EDIT_TIMES = "admin_edit_times"
    EDIT_EMERGENCY = "admin_edit_emergency"
    SWITCH_OFF = "admin_switch_off"
    SWITCH_ON = "admin_switch_on"
    ADD_STAGE = "admin_add_stage"
    EDIT_STAGE = "admin_edit_stage"
    MOVE_STAGE_UP = "admin_move_stage_up"
    DELETE_STAGE = "admin_delete_stage"
    OWN_STAGES = "admin_own_stages"
    APP_S_STAGES = "admin_app_s_stages"
    MORE_CONDITIONS = "admin_more_conditions"
    FURTHER = "admin_further"
    RULES = "admin_open_rules"
    ADD_RULE = "admin_add_rule"
    EDIT_RULE = "admin_edit_rule"
    MOVE_RULE_UP = "admin_move_rule_up"
    DELETE_RULE = "admin_delete_rule"
    RULES_BACK = "admin_rules_back"
    RULES_ON = "admin_rules_on"
    EXAMPLES = "admin_open_examples"
    ADD_EXAMPLE = "admin_add_example"
    EDIT_EXAMPLE = "admin_edit_example"
    DELETE_EXAMPLE = "admin_delete_example"
    RUN_EXAMPLES = "admin_run_examples"
    EXAMPLES_BACK = "admin_examples_back"
    EXAMPLES_ON = "admin_examples_on"
    ADD_ACCESS = "admin_add_access"
    FIND_ACCESS = "admin_find_access"
    EDIT_ACCESS = "admin_edit_access"
    DELETE_ACCESS = "admin_delete_access"
    ACCESSES_BACK = "admin_accesses_back"
    ACCESSES_ON = "admin_accesses_on"
    CONNECTOR = "admin_connector"
    USER_GROUP = "admin_user_group"
    WOULD_ASK = "admin_open_would_ask"
    CONFLICTS = "admin_conflicts"
    ADD_CONFLICT = "admin_add_conflict"
    EDIT_CONFLICT = "admin_edit_conflict"
    DELETE_CONFLICT = "admin_delete_conflict"
    MESSAGES = "admin_open_messages"
    EDIT_MESSAGE = "admin_edit_message"
    PREVIEW_MESSAGE = "admin_preview_message"
    STANDARD_WORDS = "admin_standard_words"
    FIND_ANY = "admin_find_any_access"


class OptionalPart(StrEnum):
    """Parts of a form that are shown where they are set, or on request."""

    CONDITIONS = "c"
    FURTHER = "f"


@dataclass(frozen=True)
class AdminPlace:
    """A modal's place in the catalogue, as it is carried in its `private_metadata`."""

    app: str = ""
    version: int = 0
    """The app's version when it was shown."""
    part: str = ""
    """The form's subject: an access's key, the index of a stage or an example, or a rule's list and index
    ("deny:0"). Empty for a new one; for a new rule, nothing follows the colon.
    """
    access: str = ""
    """The key of the access whose stages and rules these are; empty where they are the app's."""
    more: str = ""
    """The optional parts that are shown on request, as letters of `OptionalPart` or the form's own."""
    first_app: int = 0
    """The first index of the page of the app list below."""
    first_access: int = 0
    """The first index of the page of the app's accesses."""
    first_rule: int = 0
    """The first index of the page of the rules, or of the examples."""

    def carries(self) -> dict[str, str]:
        """The place as `kit.modal` carries it."""
        return {name: str(value) for name, value in asdict(self).items()}

    @classmethod
    def read(cls, carried: Mapping[str, str]) -> "AdminPlace":
        """The place that came back with a click or a submission. A malformed part counts as absent."""
        return cls(
            app=carried.get("app", ""),
            version=parse_number(carried.get("version", "")),
            part=carried.get("part", ""),
            access=carried.get("access", ""),
            more=carried.get("more", ""),
            first_app=parse_number(carried.get("first_app", "")),
            first_access=parse_number(carried.get("first_access", "")),
            first_rule=parse_number(carried.get("first_rule", "")),
        )


def parse_number(text: str) -> int:
    """An index or a version from a reference; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else 0
