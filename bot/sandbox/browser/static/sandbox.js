// Listens to the whole page: what an element does stands in its data-do, and which element it is beside it.

import * as composer from "./composer.js";
import { connect, send } from "./line.js";
import * as menu from "./menu.js";
import { fill, isAtBottom, toBottom } from "./morph.js";

const region = (name) => document.getElementById(name);
let returnTo = null;
let dialog = null;

function draw(regions) {
  const boxes = () => document.querySelectorAll("[data-bottom]");
  const followed = new Map([...boxes()].map((box) => [box, isAtBottom(box)]));
  for (const [name, html] of Object.entries(regions)) if (region(name)) fill(region(name), html);
  for (const box of boxes()) if (followed.get(box) ?? true) toBottom(box); // a drawer that opens takes its height
  document.title = document.title.replace(/^[^·]*/, `${document.querySelector(".me strong")?.textContent} `);
  composer.restore();
  guardDialogs();
}

// While a dialog is open nothing behind it can be reached, and the focus goes where it belongs and stays there.
function guardDialogs() {
  region("modal").inert = region("question").childElementCount > 0;
  const covered = region("modal").inert || region("modal").childElementCount > 0;
  for (const name of ["talks", "main", "side"]) region(name).inert = covered;
  const now = document.querySelector("#question .dialog") || document.querySelector("#modal .dialog");
  if (now === dialog) return;
  if (!dialog) returnTo = document.activeElement?.id || null;
  dialog = now;
  menu.close();
  const target = now ? now.querySelector("[role=alertdialog] .primary, .dialog-body :is(input, textarea, .menu-button), .primary") || now
    : (returnTo && document.getElementById(returnTo)) || document.querySelector("#main .composer textarea");
  target?.focus();
}

const places = ({ at, block, action }) => ({ at, block, action });
const chosen = (group) => [...group.querySelectorAll("input")].filter((each) => each.checked).map((each) => Number(each.value));

const clicks = {
  press(button, data) {
    if (/^https?:/.test(data.url || "")) window.open(data.url, "_blank", "noopener");
    send({ do: "press", ...places(data) });
  },
  menu: (button) => menu.show(button),
  unpick: (_, data) => send({ do: "unpick", ...places(data), index: data.index }),
  submit: () => send({ do: "submit" }),
  cancel: (_, data) => send({ do: "cancel", all: data.all }),
  answer: (_, data) => send({ do: "answer", yes: Boolean(data.yes) }),
  dismiss: (_, data) => send({ do: "dismiss", ...data }),
  shortcut: (_, data) => send({ ...data }),
  message_action: (_, data) => send({ ...data }),
  forward: (_, data) => send({ do: "forward", step: data.step }),
  fix: (_, data) => send({ ...data }),
  preset: (_, data) => send({ ...data }),
  play: (_, data) => send({ ...data }),
  reset: () => send({ do: "reset" }),
  theme: () => paint(dark() ? "light" : "dark"),
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/as/']");
  const line = event.target.closest(".completion li");
  const button = event.target.closest("button[data-do]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    history.pushState(null, "", link.getAttribute("href"));
    go();
  } else if (line) composer.complete(line);
  else if (button && button.getAttribute("aria-busy") !== "true") clicks[button.dataset.do]?.(button, { ...button.dataset });
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.matches(".composer")) composer.write(form);
  else send({ do: form.dataset.do, ...Object.fromEntries(new FormData(form)) });
});

document.addEventListener("input", ({ target }) => {
  if (target.dataset.do === "type") send({ do: "type", ...places(target.dataset), value: target.value });
  else if (target.matches(".composer textarea")) composer.typed(target);
});

document.addEventListener("change", ({ target }) => {
  const group = target.closest("[data-do=tick]");
  if (group) send({ do: "tick", ...places(group.dataset), on: chosen(group) });
  // A year that is still being typed counts as 0002, 0020, 0202.
  else if (target.dataset.do === "date" && !/^0/.test(target.type === "time" ? "" : target.value)) send({ do: "date", ...places(target.dataset), value: target.value });
});

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (target.matches?.(".composer textarea")) composer.key(event, target);
  else if (event.key === "Enter" && target.matches?.("input[data-do=type]")) send({ do: "enter", ...places(target.dataset) });
  else if (event.key === "Enter" && event.ctrlKey && target.matches?.("#modal textarea")) send({ do: "submit" });
  if (event.key === "Tab" && dialog && !menu.isOpen()) stay(event);
  if (event.key === "Escape" && !event.defaultPrevented && !menu.isOpen()) escape();
});

function stay(event) {
  const inside = [...dialog.querySelectorAll("button, input, textarea, a[href]")].filter((each) => !each.disabled && each.offsetParent);
  const [from, to] = event.shiftKey ? [inside[0], inside.at(-1)] : [inside.at(-1), inside[0]];
  if (document.activeElement !== from && dialog.contains(document.activeElement)) return;
  event.preventDefault();
  to?.focus();
}

function escape() {
  if (region("question").childElementCount) send({ do: "answer", yes: false });
  else if (region("modal").childElementCount) send({ do: "cancel" });
  else document.querySelector("#side .close, #drawer .close")?.click();
}

function go() {
  menu.close();
  send({ do: "go", url: location.pathname + location.search });
}

const dark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function paint(theme) {
  if (!theme) return;
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("theme", theme);
}

addEventListener("popstate", go);
document.addEventListener("visibilitychange", () => send({ do: "visibility", on: !document.hidden }));
paint(localStorage.getItem("theme"));
document.querySelectorAll("[data-bottom]").forEach(toBottom);
connect(draw);
guardDialogs();
if (!dialog) document.querySelector("#main .composer textarea")?.focus();
