// The list that opens under a select or an overflow menu. The sandbox fills it, for an external one by asking the app.

import { ask, send } from "./line.js";

const popup = document.getElementById("popup");
let open = null; // { button, place, several, search, list, current, asked }

export const isOpen = () => open !== null;

export function show(button) {
  const again = open?.button === button;
  close();
  if (again) return;
  const { at, block, action, kind } = button.dataset;
  open = { button, place: { at, block, action }, several: kind.startsWith("multi_"), current: 0, asked: 0 };
  popup.replaceChildren();
  if (kind !== "overflow") popup.append(search());
  open.list = element("ul", { role: "listbox", id: "popup-list", tabIndex: -1 });
  popup.append(open.list);
  popup.hidden = false;
  button.setAttribute("aria-expanded", "true");
  (open.search || open.list).focus();
  load();
}

export function close(focus = false) {
  if (!open) return;
  const { button } = open;
  open = null;
  popup.hidden = true;
  button.removeAttribute("aria-expanded");
  if (focus && button.isConnected) button.focus();
}

function element(tag, properties, text) {
  const made = Object.assign(document.createElement(tag), properties);
  if (properties.role) made.setAttribute("role", properties.role);
  if (text) made.textContent = text;
  return made;
}

function search() {
  const label = open.button.getAttribute("aria-label") || document.getElementById(open.button.id + "|label")?.textContent || "Search";
  open.search = element("input", { type: "text", role: "combobox", autocomplete: "off", placeholder: "Type to search" });
  open.search.setAttribute("aria-label", label.trim());
  open.search.setAttribute("aria-controls", "popup-list");
  open.search.addEventListener("input", () => {
    const number = ++open.asked;
    setTimeout(() => open?.asked === number && load(), 120);
  });
  return open.search;
}

async function load() {
  const asked = open;
  const number = ++asked.asked;
  hint(asked, "Loading …");
  const answer = await ask({ do: "open", ...asked.place, typed: asked.search?.value || "" });
  if (open !== asked || asked.asked !== number) return;
  if (answer.options?.length) fill(answer.options);
  else hint(asked, answer.hint || "Nothing found");
  position();
}

function hint(menu, text) {
  if (menu.list.querySelector("[role=option]") && text === "Loading …") return;
  menu.list.replaceChildren(element("li", { className: "hint" }, text));
  position();
}

function fill(options) {
  let group = "";
  open.list.replaceChildren();
  options.forEach((option, index) => {
    if (option.group && option.group !== group) open.list.append(element("li", { className: "group", role: "presentation" }, option.group));
    group = option.group;
    const line = element("li", { role: "option", id: `option-${index}` }, option.text);
    if (option.description) line.append(element("small", {}, option.description));
    line.setAttribute("aria-selected", String(option.chosen));
    line.dataset.index = index;
    open.list.append(line);
  });
  mark(open.several ? Math.min(open.current, options.length - 1) : Math.max(0, options.findIndex((each) => each.chosen)));
}

function position() {
  const box = open.button.getBoundingClientRect();
  const width = Math.max(box.width, 240);
  popup.style.width = `${width}px`;
  popup.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  const above = box.bottom + popup.offsetHeight + 8 > innerHeight && box.top > innerHeight - box.bottom;
  popup.style.top = above ? "auto" : `${box.bottom + 4}px`;
  popup.style.bottom = above ? `${innerHeight - box.top + 4}px` : "auto";
}

function mark(index) {
  const lines = [...open.list.querySelectorAll("[role=option]")];
  open.current = index;
  lines.forEach((line, number) => line.classList.toggle("current", number === index));
  lines[index]?.scrollIntoView({ block: "nearest" });
  (open.search || open.list).setAttribute("aria-activedescendant", lines[index]?.id || "");
}

function choose(index) {
  const menu = open;
  send({ do: "choose", ...menu.place, index });
  if (!menu.several) return close(true);
  menu.current = index;
  load();
}

popup.addEventListener("mousedown", (event) => event.target.closest("li") && event.preventDefault());
popup.addEventListener("click", ({ target }) => {
  const line = target.closest("[role=option]");
  if (line) choose(Number(line.dataset.index));
});
popup.addEventListener("keydown", (event) => {
  const last = open.list.querySelectorAll("[role=option]").length - 1;
  const moves = { ArrowDown: Math.min(open.current + 1, last), ArrowUp: Math.max(open.current - 1, 0), Home: 0, End: last };
  if (event.key in moves && last >= 0) mark(moves[event.key]);
  else if (event.key === "Enter" && last >= 0) choose(open.current);
  else if (event.key === "Escape" || event.key === "Tab") close(true);
  else return;
  event.preventDefault();
  event.stopPropagation();
});
document.addEventListener("mousedown", ({ target }) => {
  if (open && !popup.contains(target) && !open.button.contains(target)) close();
});
addEventListener("resize", () => close());
