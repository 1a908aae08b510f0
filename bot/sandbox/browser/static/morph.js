// Makes an element look like fresh HTML and leaves alone what is the same: focus, scrolling, what is being typed.

const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE && (node.dataset.key || node.id)) || null;

export function fill(element, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  children(element, fresh.content);
}

export const toBottom = (box) => { box.scrollTop = box.scrollHeight; };

export const isAtBottom = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 40;

function children(old, fresh) {
  const wanted = new Set([...fresh.childNodes].map(keyOf));
  const present = new Map([...old.childNodes].filter(keyOf).map((node) => [keyOf(node), node]));
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    // What is gone leaves first: moving its neighbours instead would take the focus from them.
    while (at && keyOf(at) && !wanted.has(keyOf(at))) at = without(at);
    const key = keyOf(next);
    const same = key ? present.get(key) : at && !keyOf(at) ? at : null;
    if (!same || same.nodeName !== next.nodeName) {
      old.insertBefore(next, at);
    } else {
      if (same === at) at = at.nextSibling;
      else old.insertBefore(same, at);
      update(same, next);
    }
  }
  while (at) at = without(at);
}

function without(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function update(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
  } else if (!("own" in old.dataset)) {
    attributes(old, fresh);
    if (old.matches("input, textarea")) value(old, fresh);
    else children(old, fresh);
  }
}

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value: text } of fresh.attributes) if (old.getAttribute(name) !== text) old.setAttribute(name, text);
}

function value(old, fresh) {
  if (old.type === "checkbox" || old.type === "radio") old.checked = fresh.checked;
  else if (old !== document.activeElement && old.value !== fresh.value) old.value = fresh.value;
}
