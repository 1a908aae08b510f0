// Where one writes: Enter sends, a slash offers the commands, drafts stay with their conversation.

import { send } from "./line.js";

const drafts = new Map();

export function restore() {
  for (const box of document.querySelectorAll("form.composer textarea")) {
    if (!box.value && drafts.has(box.id)) box.value = drafts.get(box.id);
    grow(box);
  }
}

function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
}

export function write(form) {
  const box = form.querySelector("textarea");
  if (!box.value.trim()) return;
  send({ do: "say", text: box.value.trimEnd(), thread: form.dataset.thread });
  box.value = "";
  typed(box);
}

export function typed(box) {
  drafts.set(box.id, box.value);
  grow(box);
  const list = box.form.querySelector(".completion");
  if (!list) return;
  const beginning = /^\/\S*$/.test(box.value) ? box.value : null;
  const lines = [...list.children];
  lines.forEach((line) => { line.hidden = beginning === null || !line.dataset.command.startsWith(beginning); });
  list.hidden = lines.every((line) => line.hidden);
  mark(box, list, lines.find((line) => !line.hidden));
}

function mark(box, list, line) {
  for (const each of list.children) each.setAttribute("aria-selected", String(each === line));
  box.setAttribute("aria-activedescendant", (!list.hidden && line?.id) || "");
}

export function complete(line) {
  const box = line.closest("form").querySelector("textarea");
  box.value = `${line.dataset.command} `;
  typed(box);
  box.focus();
}

export function key(event, box) {
  const list = box.form.querySelector(".completion");
  if (list && !list.hidden && completing(event, box, list)) event.preventDefault();
  else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    write(box.form);
  }
}

function completing(event, box, list) {
  const lines = [...list.children].filter((line) => !line.hidden);
  const at = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") mark(box, list, lines[(at + 1) % lines.length]);
  else if (event.key === "ArrowUp") mark(box, list, lines[(at + lines.length - 1) % lines.length]);
  else if (event.key === "Tab" || (event.key === "Enter" && lines[at].dataset.command !== box.value)) complete(lines[at]);
  else if (event.key === "Escape") list.hidden = true;
  else return false;
  event.stopPropagation();
  return true;
}
