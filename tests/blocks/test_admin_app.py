"""The admins' forms for an app itself: what it is, its times, its emergencies, and a new one."""

import pytest
from hypothesis import given

from blocks.admin.forms import basics, durations, emergency
from blocks.admin.ids import AdminPlace, OptionalPart
from blocks.admin.lists import summaries
from models.catalogue.spec import AppSpec
from tests.blocks.admin_forms import KNOWN, chosen, filled, refused, state
from tests.blocks.slack_validation import check_view
from tests.models import specs

EVERY_FIELD = AdminPlace(more=OptionalPart.FURTHER)


@given(specs.apps, specs.apps)
def test_what_a_form_shows_of_one_app_can_be_entered_for_another(old: AppSpec, new: AppSpec) -> None:
    saved = basics.parse(old, state(basics.build(new, AdminPlace(), KNOWN)))
    same = ("name", "description", "category", "icon", "link", "risk", "reason", "guests", "instructions")
    assert [getattr(saved, name) for name in same] == [getattr(new, name) for name in same]
    assert set(saved.owners) == set(new.owners)
    assert (saved.key, saved.access, saved.stage, saved.deny) == (old.key, old.access, old.stage, old.deny)
    saved = durations.parse(specs.app(), state(durations.build(new, AdminPlace(), KNOWN)))
    for field in durations.FIELDS:
        assert getattr(saved, field.name) == getattr(new, field.name)


def test_what_is_wrong_is_said_at_its_field_all_of_it_at_once() -> None:
    app = specs.app()
    values = filled(basics.build(app, AdminPlace(), KNOWN), name="Git\tHub", icon="key", owners_others="bob")
    assert refused(lambda: basics.parse(app, values)) == {
        "owners_others": "“bob” is not a person. Use an id such as U0123 or an e-mail address."
    }
    values = filled(basics.build(app, AdminPlace(), KNOWN), icon="key", link="example.com", name="a\nb")
    assert refused(lambda: basics.parse(app, values)) == {
        "name": "This contains a line break or a tab. Write it in one line.",
        "icon": "“key” is not an icon. Write an emoji such as :key: or an https:// address.",
        "link": "“example.com” is not a link. Write an address that starts with https://.",
    }


def test_copies_by_email_are_chosen_and_said() -> None:
    app = specs.app()
    saved = basics.parse(app, filled(basics.build(app, AdminPlace(), KNOWN), email=chosen("copy")))
    assert saved.stored()["email"] == "copy"
    assert "a copy of every message by e-mail" in summaries.about_app(saved)
    assert "e-mail" not in summaries.about_app(app)


def test_lengths_of_time_are_entered_in_words_and_refused_with_what_would_be_right() -> None:
    app = specs.app(request_expiry="48h")
    view = durations.build(app, AdminPlace(), KNOWN)
    assert "2 days" in str(view["blocks"])
    saved = durations.parse(app, filled(view, durations="30 min, 8h;2 days", max_duration="1 week"))
    assert saved.stored()["durations"] == ["30m", "8h", "2d"]
    assert saved.stored()["max_duration"] == "1w"
    assert saved.stored()["request_expiry"] == "48h"
    said = refused(lambda: durations.parse(app, filled(view, durations="8h, soon", request_expiry="")))
    assert said == {
        "durations": "“soon” is not a duration. Try 30 minutes, 8 hours, 2 days or 1 week.",
        "request_expiry": "“” is not a duration. Try 30 minutes, 8 hours, 2 days or 1 week.",
    }
    said = refused(lambda: durations.parse(app, filled(view, durations="8h, 8 hours, 3d", max_duration="2d")))
    assert said["durations"] == "“8h” is listed twice. Remove one."


def test_a_maximum_below_an_access_s_own_presets_is_refused() -> None:
    app = specs.app(access=[{"key": "a", "name": "A", "durations": ["7d"]}])
    values = filled(durations.build(app, AdminPlace(), KNOWN), max_duration="1 day")
    said = "Access: This is 1 day, but the presets offer 7 days. Remove it or raise the maximum."
    assert refused(lambda: durations.parse(app, values)) == {"max_duration": said}


@pytest.mark.parametrize(
    ("name", "key"),
    [("GitHub", "github"), ("Größe & Co", "grosse-co"), ("  Prod / DB ", "prod-db"), ("x" * 75, "x" * 40)],
)
def test_a_new_app_gets_a_key_made_from_its_name(name: str, key: str) -> None:
    view = basics.build_new(EVERY_FIELD)
    check_view(view)
    app = basics.parse_new(filled(view, name=name))
    assert (app.key, app.name) == (key, name.strip())
    assert app.stored() == {"key": key, "name": name.strip()}


def test_four_fields_make_an_app_that_can_be_requested() -> None:
    view = basics.build_new(AdminPlace())
    check_view(view)
    labels = [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]
    assert labels == ["Name", "First access", "Owners", "Who approves"]
    values = filled(view, name="Figma", first_access="Editor", owners=["U0OLA"], approval=chosen("both"))
    assert basics.parse_new(values).stored() == {
        "key": "figma",
        "name": "Figma",
        "owners": ["U0OLA"],
        "access": [{"key": "editor", "name": "Editor"}],
        "stage": [
            {"name": "Manager", "approvers": ["manager"]},
            {"name": "Owner", "approvers": ["owners"]},
        ],
    }
    without_latin = basics.parse_new(filled(view, name="Figma", first_access="編集"))
    assert [(one.key, one.name) for one in without_latin.access] == [("access", "編集")]
    assert refused(lambda: basics.parse_new(filled(view, name="Figma", first_access="a\tb"))).keys() == {
        "first_access"
    }


def test_a_name_that_gives_no_key_asks_for_one_and_a_wrong_key_is_refused() -> None:
    assert refused(lambda: basics.parse_new(filled(basics.build_new(AdminPlace()), name="会計"))) == {
        "name": "No key can be made from this name. Press More and enter one."
    }
    view = basics.build_new(EVERY_FIELD)
    assert "key" in refused(lambda: basics.parse_new(filled(view, name="会計")))
    assert "key" in refused(lambda: basics.parse_new(filled(view, name="会計", key="No Key")))
    assert basics.parse_new(filled(view, name="会計", key="accounting")).key == "accounting"


def test_a_plain_number_in_a_length_field_is_hours_as_in_the_request_form() -> None:
    app = specs.app(expiry_notices=["1d"])
    view = durations.build(app, AdminPlace(), KNOWN)
    entered = filled(view, durations="1, 6", max_duration="6", request_expiry=" 12 ", grace="1.5")
    saved = durations.parse(app, filled(view, expiry_notices="24, 2")).stored()
    assert saved["expiry_notices"] == ["1d", "2h"]
    saved = durations.parse(app, entered).stored()
    lengths = [saved[name] for name in ("durations", "max_duration", "request_expiry", "grace")]
    assert lengths == [["1h", "6h"], "6h", "12h", "90m"]
    view = emergency.build(app, AdminPlace(), KNOWN)
    values = filled(view, emergency_allowed=[chosen("yes")], emergency_max="6", emergency_review_within="48")
    saved_emergency = emergency.parse(app, values).stored()["emergency"]
    assert (saved_emergency["max"], saved_emergency["review_within"]) == ("6h", "2d")


def test_emergencies_are_allowed_with_their_terms_and_switched_off_again() -> None:
    app = specs.app()
    view = emergency.build(app, AdminPlace(), KNOWN)
    check_view(view)
    values = filled(view, emergency_allowed=[chosen("yes")], emergency_max="2 hours",
                    emergency_reviewers_roles=[chosen("admins")])  # fmt: skip
    saved = emergency.parse(app, values)
    assert saved.stored()["emergency"] == {"max": "2h", "reviewers": ["admins"]}
    assert "up to 2 hours, reviewed by Keyturn’s admins" in summaries.emergency(saved, KNOWN)
    off = emergency.parse(saved, filled(emergency.build(saved, AdminPlace(), KNOWN), emergency_allowed=[]))
    assert off.emergency is None
    assert off.stored() == app.stored()
    short = specs.app(max_duration="1h", durations=["1h"])
    values = filled(emergency.build(short, AdminPlace(), KNOWN), emergency_allowed=[chosen("yes")])
    said = refused(lambda: emergency.parse(short, values))
    assert list(said) == ["emergency_max"]
    assert "the longest is 1 hour" in said["emergency_max"]
